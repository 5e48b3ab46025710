#include <cstdio>
#include <filesystem>

#include "app/cli/commands.hpp"
#include "app/epoch.hpp"
#include "app/keys.hpp"
#include "base/clock.hpp"
#include "store/connections.hpp"
#include "store/epoch.hpp"
#include "store/health.hpp"
#include "store/migrate.hpp"
#include "store/tenants.hpp"

namespace dakiya::app {

namespace {

// Each finding is one line: what is wrong, and what to do.
class Report {
public:
    void good(const std::string& text) { std::printf("ok    %s\n", text.c_str()); }
    void note(const std::string& text) { std::printf("note  %s\n", text.c_str()); }
    void wrong(const std::string& text) {
        std::printf("WRONG %s\n", text.c_str());
        ++wrongs_;
    }
    int wrongs() const { return wrongs_; }

private:
    int wrongs_ = 0;
};

void examine_settings(const Config& config, Report& report) {
    if (config.public_url.empty())
        report.note("server.public_url is empty: providers cannot be told where to send their events");
    else if (!config.public_url.starts_with("https://"))
        report.note("server.public_url is not https: most providers refuse such a webhook address");
    for (const auto& [from, to] : config.origins)
        report.note("net.origin: requests for " + from + " go to " + to + " and NOT to the provider");
    if (config.net.guard.allow_private)
        report.note("net.allow_private is true: addresses that tenants name may be inside your network");
}

void examine_key(const Config& config, Report& report) {
    const auto key = master_key(config, false);
    if (key)
        report.good("the master key can be read");
    else
        report.wrong(key.error().text);
    if (!key) return;
    store::Database database(config.db);
    for (const store::Tenant& tenant :
         database.read([](store::Session& session) { return store::tenants::list(session, 0, 1000); })) {
        const auto data_key = security::unwrap(*key, tenant.id, tenant.data_key);
        if (!data_key)
            report.wrong("tenant " + tenant.name + ": " + data_key.error().text +
                         "; put back the master key that this database was made with");
    }
}

// A restored backup does not send by itself.
void examine_epoch(const Config& config, store::Database& database, Report& report) {
    store::epoch::Open open;
    const std::int64_t found = database.read([&](store::Session& session) {
        open = store::epoch::open(session);
        return store::epoch::read(session);
    });
    const auto checked = check_epoch(config, found);
    if (checked) return report.good("the database is as new as what this server has seen");
    report.wrong(checked.error().text);
    report.note("in that backup " + std::to_string(open.campaigns) + " campaigns send or are scheduled and " +
                std::to_string(open.messages) + " messages and " + std::to_string(open.steps) +
                " further steps of single ones wait; each of them may have been sent since");
}

void examine_store(const Config& config, Report& report) {
    store::Database database(config.db);
    const auto missing = store::pending(database);
    if (missing.empty())
        report.good("the database is of this version");
    else
        report.wrong(std::to_string(missing.size()) + " migrations are missing; run: dakiya migrate");
    for (const std::string& finding : store::weaknesses(database)) report.wrong(finding);
    if (missing.empty()) examine_epoch(config, database, report);
}

void examine_plugins(const Config& config, Report& report) {
    for (const std::string& folder : config.plugin_folders)
        if (!std::filesystem::is_directory(folder))
            report.wrong("the plugin folder " + folder + " does not exist");
    if (list_plugins(config) == 0)
        report.good("every plugin file loads");
    else
        report.wrong("some plugin files are refused; see above");
}

}  // namespace

int doctor(const Config& config) {
    Report report;
    examine_settings(config, report);
    examine_plugins(config, report);
    if (!std::filesystem::is_directory(config.data_folder)) {
        report.wrong("the data folder " + config.data_folder + " does not exist; dakiya serve makes it");
        return 1;
    }
    examine_store(config, report);
    if (report.wrongs() == 0) examine_key(config, report);
    return report.wrongs() == 0 ? 0 : 1;
}

}  // namespace dakiya::app
