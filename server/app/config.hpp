// Settings: a file in INI form, then the environment (DAKIYA_SERVER_PORT for server.port), then the command
// line. etc/dakiya.ini lists every setting with its default. An unknown or wrong setting stops the start.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "base/log.hpp"
#include "base/result.hpp"
#include "domain/otp.hpp"
#include "net/http_client.hpp"
#include "store/db.hpp"

namespace dakiya::app {

struct Config {
    std::string data_folder = "data";

    std::string host = "127.0.0.1";
    std::uint16_t port = 8080;
    std::string public_url;  // "https://dakiya.example"; what providers are told to call. Empty: nothing
    int http_workers = 0;    // 0: two per core, at least 64
    std::size_t connections_per_address = 1'024;
    std::vector<std::string> proxies;  // addresses whose X-Forwarded-For is believed

    store::DbConfig db;

    std::string master_key;       // base64; empty: read from master_key_file
    std::string master_key_file;  // made at the first start when it is missing

    std::vector<std::string> plugin_folders;
    // Providers whose connections may take settings from our environment ("*": all), and that environment.
    std::vector<std::string> environment_providers;
    std::map<std::string, std::string> environment;

    net::ClientOptions net;
    std::vector<std::pair<std::string, std::string>> origins;  // mapped, for the loud line at start
    std::map<std::string, double, std::less<>> limits;         // "meta.send" → requests per second

    int chunks = 8;
    int window = 256;
    int micro_batch = 64;
    int lease_ms = 5'000;  // how long a server that is gone keeps its work

    domain::OtpLimits otp;

    std::string media_folder;  // empty: media in data_folder
    std::int64_t media_max_mib = 100;
    std::int64_t media_tenant_mib = 10'240;  // 0: no limit

    log::Options log;
};

// file: empty for none. The Error names the setting and the file.
Result<Config> read_config(const std::string& file);

// Makes the data folder with its parts, readable by its owner only. Every command that writes needs it, and
// on a new machine any of them may be the first. Throws std::filesystem::filesystem_error.
void make_data_folder(const Config& config);

}  // namespace dakiya::app
