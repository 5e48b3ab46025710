#include "app/config.hpp"

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <set>

#include <unistd.h>

#include <Poco/AutoPtr.h>
#include <Poco/Environment.h>
#include <Poco/Exception.h>
#include <Poco/Util/IniFileConfiguration.h>

#include "base/text.hpp"

namespace dakiya::app {

namespace {

// An INI file and not Java properties, because a key may hold a colon ("net.origin.https://…").
using File = Poco::Util::IniFileConfiguration;
using Setter = std::function<Result<void>(Config&, const std::string& value)>;

Error wrong(const std::string& what) { return Error{Code::invalid, what, ""}; }

template <class T>
Result<void> number(T& into, const std::string& text, T least, T most) {
    T value{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size() || value < least || value > most)
        return wrong("must be a whole number from " + std::to_string(least) + " to " + std::to_string(most));
    into = value;
    return {};
}

Result<void> flag(bool& into, const std::string& text) {
    if (text != "true" && text != "false") return wrong("must be true or false");
    into = text == "true";
    return {};
}

Result<void> one_of(const std::string& text, const std::vector<std::string>& words) {
    if (std::find(words.begin(), words.end(), text) != words.end()) return {};
    std::string list;
    for (const std::string& word : words) list += (list.empty() ? "" : ", ") + word;
    return wrong("must be one of " + list);
}

std::vector<std::string> split(const std::string& text, char at) {
    std::vector<std::string> parts;
    std::size_t from = 0;
    while (from <= text.size()) {
        const std::size_t to = std::min(text.find(at, from), text.size());
        const std::string part(trim(std::string_view(text).substr(from, to - from)));
        if (!part.empty()) parts.push_back(part);
        from = to + 1;
    }
    return parts;
}

Setter text(std::string Config::*member) {
    return [member](Config& config, const std::string& value) -> Result<void> {
        config.*member = value;
        return {};
    };
}

Setter db_text(std::string store::DbConfig::*member) {
    return [member](Config& config, const std::string& value) -> Result<void> {
        config.db.*member = value;
        return {};
    };
}

Setter otp_limit(int domain::OtpLimits::*member) {
    return [member](Config& config, const std::string& value) {
        return number(config.otp.*member, value, 0, 1'000'000);
    };
}

template <class T>
Setter whole(T Config::*member, T least, T most) {
    return
        [=](Config& config, const std::string& value) { return number(config.*member, value, least, most); };
}

// THE list of settings with a fixed name.
const std::map<std::string, Setter>& settings() {
    static const std::map<std::string, Setter> all = {
        {"data.folder", text(&Config::data_folder)},
        {"server.host", text(&Config::host)},
        {"server.port", whole<std::uint16_t>(&Config::port, 0, 65535)},
        {"server.public_url", text(&Config::public_url)},
        {"server.workers", whole(&Config::http_workers, 0, 1024)},
        {"server.connections_per_address",
         whole<std::size_t>(&Config::connections_per_address, 1, 1'000'000)},
        {"server.proxies",
         [](Config& config, const std::string& value) -> Result<void> {
             config.proxies = split(value, ',');
             return {};
         }},
        {"store.kind",
         [](Config& config, const std::string& value) -> Result<void> {
             if (const auto known = one_of(value, {"sqlite", "mysql"}); !known) return known;
             config.db.dialect = value == "mysql" ? store::Dialect::mysql : store::Dialect::sqlite;
             return {};
         }},
        {"store.path", db_text(&store::DbConfig::path)},
        {"store.host", db_text(&store::DbConfig::host)},
        {"store.port",
         [](Config& config, const std::string& value) { return number(config.db.port, value, 1, 65535); }},
        {"store.socket", db_text(&store::DbConfig::socket)},
        {"store.user", db_text(&store::DbConfig::user)},
        {"store.password", db_text(&store::DbConfig::password)},
        {"store.database", db_text(&store::DbConfig::database)},
        {"store.sessions",
         [](Config& config, const std::string& value) { return number(config.db.sessions, value, 2, 1000); }},
        {"security.master_key", text(&Config::master_key)},
        {"security.master_key_file", text(&Config::master_key_file)},
        {"plugins.path",
         [](Config& config, const std::string& value) -> Result<void> {
             config.plugin_folders = split(value, ':');
             return {};
         }},
        {"providers.environment",
         [](Config& config, const std::string& value) -> Result<void> {
             config.environment_providers = split(value, ',');
             return {};
         }},
        {"net.allow_private",
         [](Config& config, const std::string& value) {
             return flag(config.net.guard.allow_private, value);
         }},
        {"net.allow",
         [](Config& config, const std::string& value) -> Result<void> {
             for (const std::string& part : split(value, ',')) {
                 auto range = net::parse_cidr(part);
                 if (!range) return range.error();
                 config.net.guard.allow.push_back(*range);
             }
             return {};
         }},
        {"net.ca_file",
         [](Config& config, const std::string& value) -> Result<void> {
             config.net.ca_file = value;
             return {};
         }},
        {"net.connections",
         [](Config& config, const std::string& value) {
             return number<std::size_t>(config.net.connections, value, 1, 100'000);
         }},
        {"send.chunks", whole(&Config::chunks, 1, 256)},
        {"send.window", whole(&Config::window, 1, 100'000)},
        {"send.micro_batch", whole(&Config::micro_batch, 1, 1'000)},
        {"send.lease_ms", whole(&Config::lease_ms, 500, 60'000)},
        {"media.folder", text(&Config::media_folder)},
        {"media.max_mib", whole<std::int64_t>(&Config::media_max_mib, 1, 120)},
        {"media.tenant_mib", whole<std::int64_t>(&Config::media_tenant_mib, 0, 1'000'000'000)},
        {"otp.seconds_between", otp_limit(&domain::OtpLimits::seconds_between)},
        {"otp.per_number", otp_limit(&domain::OtpLimits::per_number)},
        {"otp.per_client", otp_limit(&domain::OtpLimits::per_client)},
        {"otp.per_tenant", otp_limit(&domain::OtpLimits::per_tenant)},
        {"log.level",
         [](Config& config, const std::string& value) -> Result<void> {
             if (const auto known = one_of(value, {"trace", "debug", "info", "warn", "error"}); !known)
                 return known;
             config.log.level = value;
             return {};
         }},
        {"log.format",
         [](Config& config, const std::string& value) -> Result<void> {
             if (const auto known = one_of(value, {"text", "json"}); !known) return known;
             config.log.json = value == "json";
             return {};
         }},
        {"log.file",
         [](Config& config, const std::string& value) -> Result<void> {
             config.log.file = value;
             return {};
         }},
    };
    return all;
}

Result<void> add_origin(Config& config, const std::string& from, const std::string& to) {
    if (const auto added = config.net.origins.add(from, to); !added) return added.error();
    config.origins.emplace_back(from, to);
    return {};
}

Result<void> add_limit(Config& config, const std::string& key, const std::string& value) {
    char* end = nullptr;
    const double rate = std::strtod(value.c_str(), &end);
    if (*end != '\0' || !(rate > 0)) return wrong("must be a number above 0: requests per second");
    config.limits[key] = rate;
    return {};
}

Result<void> set(Config& config, const std::string& key, const std::string& value) {
    constexpr std::string_view origin = "net.origin.", limit = "limits.";
    Result<void> done;
    if (key.starts_with(origin)) {
        done = add_origin(config, key.substr(origin.size()), value);
    } else if (key.starts_with(limit)) {
        done = add_limit(config, key.substr(limit.size()), value);
    } else {
        const auto setting = settings().find(key);
        if (setting == settings().end())
            return wrong("there is no setting \"" + key + "\" (etc/dakiya.ini lists all)");
        done = setting->second(config, value);
    }
    if (!done) return wrong("setting \"" + key + "\": " + done.error().text);
    return {};
}

// Poco splits keys at dots; an origin has dots of its own.
void collect(const File& file, const std::string& prefix, std::vector<std::string>& keys) {
    Poco::Util::AbstractConfiguration::Keys below;
    file.keys(prefix, below);
    if (below.empty() && !prefix.empty()) keys.push_back(prefix);
    for (const std::string& key : below) collect(file, prefix.empty() ? key : prefix + "." + key, keys);
}

Result<void> read_file(Config& config, const std::string& path) {
    std::vector<std::string> keys;
    try {
        const Poco::AutoPtr<File> file(new File(path));
        collect(*file, "", keys);
        for (const std::string& key : keys)
            if (const auto done = set(config, key, file->getRawString(key)); !done)
                return wrong(path + ": " + done.error().text);
    } catch (const Poco::Exception& error) {
        return wrong("the settings file " + path + " cannot be read: " + error.displayText());
    }
    return {};
}

std::string variable_of(const std::string& key) {
    std::string name = "DAKIYA_" + key;
    for (char& c : name) c = c == '.' ? '_' : static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    return name;
}

Result<void> read_environment(Config& config) {
    for (const auto& [key, setter] : settings()) {
        const std::string name = variable_of(key);
        if (!Poco::Environment::has(name)) continue;
        if (const auto done = set(config, key, Poco::Environment::get(name)); !done)
            return wrong("environment variable " + name + ": " + done.error().text);
    }
    return {};
}

// What a provider's setting may name. Our own variables hold the master key and the database's password.
void read_provider_environment(Config& config) {
    if (config.environment_providers.empty()) return;
    for (char** entry = environ; *entry != nullptr; ++entry) {
        const std::string_view variable = *entry;
        const std::size_t equals = variable.find('=');
        if (equals == std::string_view::npos || variable.starts_with("DAKIYA_")) continue;
        config.environment.emplace(variable.substr(0, equals), variable.substr(equals + 1));
    }
}

void fill_defaults(Config& config) {
    const std::filesystem::path data = config.data_folder;
    if (config.db.path.empty()) config.db.path = data / "dakiya.db";
    if (config.master_key_file.empty()) config.master_key_file = data / "master.key";
    if (config.media_folder.empty()) config.media_folder = data / "media";
    if (config.plugin_folders.empty()) config.plugin_folders = {"/usr/lib/dakiya/plugins"};
    while (config.public_url.ends_with('/')) config.public_url.pop_back();
}

}  // namespace

Result<Config> read_config(const std::string& file) {
    Config config;
    if (!file.empty())
        if (const auto done = read_file(config, file); !done) return done.error();
    if (const auto done = read_environment(config); !done) return done.error();
    read_provider_environment(config);
    fill_defaults(config);
    return config;
}

void make_data_folder(const Config& config) {
    const std::filesystem::path data = config.data_folder;
    for (const char* part : {"", "spool", "imports"}) {
        std::filesystem::create_directories(data / part);
        std::filesystem::permissions(data / part, std::filesystem::perms::owner_all);
    }
    std::filesystem::create_directories(config.media_folder);
    std::filesystem::permissions(config.media_folder, std::filesystem::perms::owner_all);
}

}  // namespace dakiya::app
