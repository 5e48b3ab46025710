#include <cstdio>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include <CLI/CLI.hpp>

#include "app/cli/commands.hpp"
#include "app/version.hpp"

namespace dakiya::app {

namespace {

// The commands and what was said to them, which they read when one is chosen.
class CommandLine {
public:
    CommandLine();
    int run(int argc, char** argv);

private:
    void add_server();
    void add_tenant();
    void add_key();
    void add_plugin();
    void add_campaign();

    CLI::App* group(const char* name, const char* help);
    CLI::App* command(CLI::App& parent, const char* name, const char* help, std::function<int()> act);
    // One that needs the settings: they are read when it is chosen.
    CLI::App* command(CLI::App& parent, const char* name, const char* help,
                      std::function<int(const Config&)> act);

    CLI::App app_{"Dakiya: a self-hosted messaging server"};
    std::vector<std::pair<CLI::App*, std::function<int()>>> commands_;

    std::string config_;
    bool only_show_ = false, chunks_too_ = false;
    NewTenant new_tenant_;
    NewKey new_key_;
    std::string key_tenant_, key_id_;
    std::string plugin_file_;
    bool for_probe_ = false;
    std::vector<std::string> manifests_;
    CampaignSend send_;
};

CommandLine::CommandLine() {
    app_.set_version_flag("--version", version);
    app_.require_subcommand(1);
    app_.add_option("--config", config_, "Settings file (etc/dakiya.ini lists every setting)")
        ->envname("DAKIYA_CONFIG");
    add_server();
    add_tenant();
    add_key();
    add_plugin();
    add_campaign();
}

CLI::App* CommandLine::group(const char* name, const char* help) {
    return app_.add_subcommand(name, help)->require_subcommand(1);
}

CLI::App* CommandLine::command(CLI::App& parent, const char* name, const char* help,
                               std::function<int()> act) {
    CLI::App* sub = parent.add_subcommand(name, help);
    commands_.emplace_back(sub, std::move(act));
    return sub;
}

CLI::App* CommandLine::command(CLI::App& parent, const char* name, const char* help,
                               std::function<int(const Config&)> act) {
    return command(parent, name, help, [this, act = std::move(act)] {
        const auto config = read_config(config_);
        return config ? act(*config) : fail(config.error());
    });
}

void CommandLine::add_server() {
    command(app_, "serve", "Run the server until it is told to stop", serve);

    command(app_, "migrate", "Bring the database to this version", [&](const Config& config) {
        return migrate(config, only_show_);
    })->add_flag("--pending", only_show_, "Only show what would run");

    command(app_, "doctor", "Look for trouble, and say what to do about it", doctor);

    CLI::App* restore = group("restore", "After a backup was put back");
    command(*restore, "accept", "Go on with it: campaigns pause, waiting messages become uncertain",
            [&](const Config& config) { return accept_restored(config, chunks_too_); })
        ->add_flag("--uncertain", chunks_too_, "Also what is left of chunks of campaigns that had begun");
}

void CommandLine::add_tenant() {
    CLI::App* tenant = group("tenant", "Businesses");
    CLI::App* tenant_create =
        command(*tenant, "create", "Add a business; prints its id",
                [&](const Config& config) { return create_tenant(config, new_tenant_); });
    tenant_create->add_option("--name", new_tenant_.name, "Its name")->required();
    tenant_create
        ->add_option("--country", new_tenant_.country, "Two letters, for numbers without a country code")
        ->capture_default_str();
    tenant_create->add_option("--zone", new_tenant_.zone, "Time zone (IANA name)")->capture_default_str();
}

void CommandLine::add_key() {
    CLI::App* key = group("key", "Connection codes of programs (API keys)");
    CLI::App* key_create = command(*key, "create", "Add an API key; prints it, once",
                                   [&](const Config& config) { return create_key(config, new_key_); });
    key_create->add_option("--tenant", new_key_.tenant, "Whose it is (ten_…)")->required();
    key_create->add_option("--name", new_key_.name, "What it is for")->required();
    key_create->add_option("--permissions", new_key_.permissions, "Words of: read send manage admin")
        ->capture_default_str();
    key_create->add_option("--days", new_key_.days, "Days until it expires; 0: never")
        ->capture_default_str()
        ->check(CLI::Range(0, 3650));

    command(*key, "list", "The keys of a business, newest first",
            [&](const Config& config) { return list_keys(config, key_tenant_); })
        ->add_option("--tenant", key_tenant_, "Whose they are (ten_…)")
        ->required();
    CLI::App* key_revoke = command(*key, "revoke", "End a key at once", [&](const Config& config) {
        return revoke_key(config, key_tenant_, key_id_);
    });
    key_revoke->add_option("--tenant", key_tenant_, "Whose it is (ten_…)")->required();
    key_revoke->add_option("--key", key_id_, "Which (key_…)")->required();
}

void CommandLine::add_plugin() {
    CLI::App* plugin = group("plugin", "Providers");
    command(*plugin, "list", "Every plugin file in the configured folders, and whether it loads",
            list_plugins);
    CLI::App* inspect = command(*plugin, "inspect", "Load one file and print its manifest",
                                [&] { return inspect_plugin(plugin_file_, for_probe_); });
    inspect->add_option("file", plugin_file_, "The plugin's file")->required();
    inspect->add_flag("--probe", for_probe_, "Answer for the server, as one JSON object");
    command(*plugin, "table", "Print what providers can do, as docs/providers.md has it",
            [&] { return print_provider_table(manifests_); })
        ->add_option("manifests", manifests_, "manifest.json of each provider")
        ->required();
}

void CommandLine::add_campaign() {
    CLI::App* campaign = group("campaign", "Campaigns, over the REST API");
    CLI::App* campaign_send = command(*campaign, "send", "Import a customer file and send it a campaign",
                                      [&] { return send_campaign(send_); });
    campaign_send->add_option("--url", send_.url, "The server")->capture_default_str()->envname("DAKIYA_URL");
    campaign_send->add_option("--key", send_.key, "API key")->envname("DAKIYA_KEY")->required();
    campaign_send->add_option("--csv", send_.csv, "The customer file")->required()->check(CLI::ExistingFile);
    campaign_send->add_option("--connection", send_.connection, "What it is sent through (con_…)")
        ->required();
    campaign_send->add_option("--channel", send_.channel,
                              "whatsapp, sms, email, …; the provider's first when not given");
    campaign_send->add_option("--name", send_.name, "Name of the campaign")->capture_default_str();
    auto* text = campaign_send->add_option("--text", send_.text, "What to say: \"Hi {{name|there}}\"");
    campaign_send->add_option("--template", send_.template_name, "Or an approved template")->excludes(text);
    campaign_send->add_option("--language", send_.template_language, "The template's language")
        ->capture_default_str();
    campaign_send->add_option("--variable", send_.variables, "A variable of the template: 1={{name|there}}");
    campaign_send->add_option("--column", send_.columns,
                              "Which column is what: phone=Mobile (found by itself when not given)");
    campaign_send->add_option("--category", send_.category, "marketing (keeps quiet hours) or transactional");
    campaign_send->add_option("--per-second", send_.per_second, "At most so many a second")
        ->check(CLI::Range(1, 10'000));
}

int CommandLine::run(int argc, char** argv) {
    try {
        app_.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        const int code = app_.exit(error);
        return code == 0 ? 0 : 2;
    }
    for (const auto& [sub, act] : commands_) {
        if (!sub->parsed()) continue;
        try {
            return act();
        } catch (const std::exception& error) {
            return fail(Error{Code::unavailable, error.what(), ""});
        }
    }
    return 2;
}

}  // namespace

int fail(const Error& error) {
    std::fprintf(stderr, "dakiya: %s\n", error.text.c_str());
    return 1;
}

int run(int argc, char** argv) { return CommandLine().run(argc, argv); }

}  // namespace dakiya::app
