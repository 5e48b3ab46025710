#include <cstdio>

#include <CLI/CLI.hpp>

#include "app/cli/commands.hpp"
#include "app/version.hpp"

namespace dakiya::app {

namespace {

// A command that needs the settings: reads them when it is chosen.
template <class Command>
std::function<int()> with_config(const std::string& file, Command command) {
    return [&file, command] {
        const auto config = read_config(file);
        return config ? command(*config) : fail(config.error());
    };
}

}  // namespace

int fail(const Error& error) {
    std::fprintf(stderr, "dakiya: %s\n", error.text.c_str());
    return 1;
}

int run(int argc, char** argv) {
    CLI::App app{"Dakiya: a self-hosted messaging server"};
    app.set_version_flag("--version", version);
    app.require_subcommand(1);
    std::string file;
    app.add_option("--config", file, "Settings file (etc/dakiya.ini lists every setting)")
        ->envname("DAKIYA_CONFIG");

    std::vector<std::pair<CLI::App*, std::function<int()>>> commands;
    const auto command = [&](CLI::App& parent, const char* name, const char* help, std::function<int()> run) {
        CLI::App* sub = parent.add_subcommand(name, help);
        commands.emplace_back(sub, std::move(run));
        return sub;
    };

    command(app, "serve", "Run the server until it is told to stop", with_config(file, serve));

    bool only_show = false;
    command(app, "migrate", "Bring the database to this version",
            with_config(file, [&](const Config& config) { return migrate(config, only_show); }))
        ->add_flag("--pending", only_show, "Only show what would run");

    command(app, "doctor", "Look for trouble, and say what to do about it", with_config(file, doctor));

    bool chunks_too = false;
    CLI::App* restore = app.add_subcommand("restore", "After a backup was put back")->require_subcommand(1);
    command(*restore, "accept", "Go on with it: campaigns pause, waiting messages become uncertain",
            with_config(file, [&](const Config& config) { return accept_restored(config, chunks_too); }))
        ->add_flag("--uncertain", chunks_too, "Also what is left of chunks of campaigns that had begun");

    CLI::App* tenant = app.add_subcommand("tenant", "Businesses")->require_subcommand(1);
    NewTenant new_tenant;
    CLI::App* tenant_create =
        command(*tenant, "create", "Add a business; prints its id",
                with_config(file, [&](const Config& config) { return create_tenant(config, new_tenant); }));
    tenant_create->add_option("--name", new_tenant.name, "Its name")->required();
    tenant_create
        ->add_option("--country", new_tenant.country, "Two letters, for numbers without a country code")
        ->capture_default_str();
    tenant_create->add_option("--zone", new_tenant.zone, "Time zone (IANA name)")->capture_default_str();

    CLI::App* key =
        app.add_subcommand("key", "Connection codes of programs (API keys)")->require_subcommand(1);
    NewKey new_key;
    CLI::App* key_create =
        command(*key, "create", "Add an API key; prints it, once",
                with_config(file, [&](const Config& config) { return create_key(config, new_key); }));
    key_create->add_option("--tenant", new_key.tenant, "Whose it is (ten_…)")->required();
    key_create->add_option("--name", new_key.name, "What it is for")->required();
    key_create->add_option("--permissions", new_key.permissions, "Words of: read send manage admin")
        ->capture_default_str();
    key_create->add_option("--days", new_key.days, "Days until it expires; 0: never")
        ->capture_default_str()
        ->check(CLI::Range(0, 3650));

    std::string key_tenant, key_id;
    command(*key, "list", "The keys of a business, newest first",
            with_config(file, [&](const Config& config) { return list_keys(config, key_tenant); }))
        ->add_option("--tenant", key_tenant, "Whose they are (ten_…)")
        ->required();
    CLI::App* key_revoke = command(
        *key, "revoke", "End a key at once",
        with_config(file, [&](const Config& config) { return revoke_key(config, key_tenant, key_id); }));
    key_revoke->add_option("--tenant", key_tenant, "Whose it is (ten_…)")->required();
    key_revoke->add_option("--key", key_id, "Which (key_…)")->required();

    CLI::App* plugin = app.add_subcommand("plugin", "Providers")->require_subcommand(1);
    command(*plugin, "list", "Every plugin file in the configured folders, and whether it loads",
            with_config(file, list_plugins));
    std::string plugin_file;
    bool for_probe = false;
    CLI::App* inspect = command(*plugin, "inspect", "Load one file and print its manifest",
                                [&] { return inspect_plugin(plugin_file, for_probe); });
    inspect->add_option("file", plugin_file, "The plugin's file")->required();
    inspect->add_flag("--probe", for_probe, "Answer for the server, as one JSON object");
    std::vector<std::string> manifests;
    command(*plugin, "table", "Print what providers can do, as docs/providers.md has it",
            [&] { return print_provider_table(manifests); })
        ->add_option("manifests", manifests, "manifest.json of each provider")
        ->required();

    CLI::App* campaign =
        app.add_subcommand("campaign", "Campaigns, over the REST API")->require_subcommand(1);
    CampaignSend send;
    CLI::App* campaign_send = command(*campaign, "send", "Import a customer file and send it a campaign",
                                      [&] { return send_campaign(send); });
    campaign_send->add_option("--url", send.url, "The server")->capture_default_str()->envname("DAKIYA_URL");
    campaign_send->add_option("--key", send.key, "API key")->envname("DAKIYA_KEY")->required();
    campaign_send->add_option("--csv", send.csv, "The customer file")->required()->check(CLI::ExistingFile);
    campaign_send->add_option("--connection", send.connection, "What it is sent through (con_…)")->required();
    campaign_send->add_option("--channel", send.channel,
                              "whatsapp, sms, email, …; the provider's first when not given");
    campaign_send->add_option("--name", send.name, "Name of the campaign")->capture_default_str();
    auto* text = campaign_send->add_option("--text", send.text, "What to say: \"Hi {{name|there}}\"");
    campaign_send->add_option("--template", send.template_name, "Or an approved template")->excludes(text);
    campaign_send->add_option("--language", send.template_language, "The template's language")
        ->capture_default_str();
    campaign_send->add_option("--variable", send.variables, "A variable of the template: 1={{name|there}}");
    campaign_send->add_option("--column", send.columns,
                              "Which column is what: phone=Mobile (found by itself when not given)");
    campaign_send->add_option("--category", send.category, "marketing (keeps quiet hours) or transactional");
    campaign_send->add_option("--per-second", send.per_second, "At most so many a second")
        ->check(CLI::Range(1, 10'000));

    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        const int code = app.exit(error);
        return code == 0 ? 0 : 2;
    }
    for (const auto& [sub, act] : commands) {
        if (!sub->parsed()) continue;
        try {
            return act();
        } catch (const std::exception& error) {
            return fail(Error{Code::unavailable, error.what(), ""});
        }
    }
    return 2;
}

}  // namespace dakiya::app
