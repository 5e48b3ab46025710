#include "accounts.hpp"

#include <Poco/Net/NetException.h>
#include <Poco/Net/ServerSocket.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <stdexcept>

namespace blackbox {

namespace {

std::map<std::string, Json> read_accounts() {
    std::map<std::string, Json> accounts;
    for (const auto& entry : std::filesystem::directory_iterator(ACCOUNTS_FOLDER)) {
        if (entry.path().extension() != ".json") continue;
        std::ifstream file(entry.path(), std::ios::binary);
        accounts[entry.path().stem()] = Json::parse(std::string(std::istreambuf_iterator<char>(file), {}));
    }
    return accounts;
}

const std::map<std::string, Json>& accounts() {
    static const std::map<std::string, Json> all = read_accounts();
    return all;
}

}  // namespace

int free_port() {
    std::random_device random;
    std::uniform_int_distribution<Poco::UInt16> ports(20'000, 32'000);
    for (int tries = 0; tries < 50; ++tries) {
        try {
            return Poco::Net::ServerSocket(Poco::Net::SocketAddress("127.0.0.1", ports(random)))
                .address()
                .port();
        } catch (const Poco::Net::NetException&) {
            // somebody listens there
        }
    }
    throw std::runtime_error("no free port between 20000 and 32000");
}

std::vector<std::string> providers_with_account() {
    std::vector<std::string> names;
    for (const auto& [name, account] : accounts()) names.push_back(name);
    return names;
}

std::string provider_of(const std::string& account) { return account.substr(0, account.find('-')); }

const Json& account_of(const std::string& provider) {
    const auto found = accounts().find(provider);
    if (found == accounts().end()) throw std::runtime_error("tests/accounts has no " + provider + ".json");
    return found->second;
}

Json settings_for(const std::string& provider) {
    const auto found = accounts().find(provider);  // the sandbox needs none
    return found == accounts().end() ? Json::object() : found->second.at("settings");
}

Json accounts_in_sim() {
    Json settings = Json::object();
    for (const auto& [provider, account] : accounts())
        if (const Json* section = account.find("sim")) settings.set(provider, *section);
    return settings;
}

Json webhook_setting(const std::string& provider, const std::string& url) {
    const std::string member = account_of(provider).at("webhook");
    if (member.empty()) return Json::object();
    return Json{{provider, Json{{member, url}}}};
}

std::map<std::string, std::string> simulator_settings(
    const std::function<int(const std::string& provider)>& port_of) {
    std::map<std::string, std::string> settings = {{"net.allow", "127.0.0.1"}};
    for (const auto& [provider, account] : accounts()) {
        for (const Json& host : account.at("hosts"))
            settings["net.origin.https://" + host.text()] =
                "http://127.0.0.1:" + std::to_string(port_of(provider));
        for (const auto& [key, rate] : account.at("limits").members())
            settings["limits." + provider_of(provider) + "." + key] = std::to_string(rate.integer());
    }
    return settings;
}

Json order_update(const std::string& language) {
    return Json{{"kind", "template"},
                {"template", Json{{"name", "order_update"}, {"language", language}}},
                {"variables", Json{{"1", "{{name|there}}"}, {"2", "{{order}}"}}}};
}

}  // namespace blackbox
