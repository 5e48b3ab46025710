// The command line: one function per sub-command, each returns the exit code. 0: done, 1: it could not be
// done (the reason is on standard error), 2: wrong use.
#pragma once

#include <string>
#include <vector>

#include "app/config.hpp"

namespace dakiya::app {

int run(int argc, char** argv);

int serve(const Config& config);
int migrate(const Config& config, bool only_show);
int doctor(const Config& config);
// chunks_too: unsettled messages of open chunks become uncertain, too.
int accept_restored(const Config& config, bool chunks_too);

struct NewTenant {
    std::string name, country = "IN", zone = "Asia/Kolkata";
};
int create_tenant(const Config& config, const NewTenant& tenant);

struct NewKey {
    std::string tenant, name, permissions = "read send manage admin";
    int days = 0;  // until it expires; 0: never
};
int create_key(const Config& config, const NewKey& key);
int list_keys(const Config& config, const std::string& tenant);
int revoke_key(const Config& config, const std::string& tenant, const std::string& key);

int list_plugins(const Config& config);
int inspect_plugin(const std::string& file, bool for_probe);
// Prints docs/providers.md. files: manifest.json of each provider.
int print_provider_table(const std::vector<std::string>& files);

// A client of the REST API: imports the file, makes a campaign, sends it, shows its progress.
struct CampaignSend {
    std::string url = "http://127.0.0.1:8080";
    std::string key;
    std::string csv;
    std::string connection, channel, name = "Campaign";
    std::string text;  // or a template
    std::string template_name, template_language = "en";
    std::vector<std::string> variables;  // "1={{name|there}}"
    std::vector<std::string> columns;    // "phone=Mobile"
    std::string category = "marketing";
    int per_second = 0;
};
int send_campaign(const CampaignSend& options);

// Prints the Error's sentence to standard error; returns 1.
int fail(const Error& error);

}  // namespace dakiya::app
