// The accounts that tests/sim has (tests/accounts, one file a provider), and how a server is brought to it.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "dakiya/json.hpp"

namespace blackbox {

using dakiya::Json;

// A TCP port of 127.0.0.1 that nobody listens on now, below those that the kernel hands out.
int free_port();

// The accounts, by name: the provider's, or "provider-api" where one provider has several APIs.
std::vector<std::string> providers_with_account();
// "messagebird-crm" → "messagebird".
std::string provider_of(const std::string& account);
// tests/accounts/<provider>.json. Throws std::runtime_error when there is none.
const Json& account_of(const std::string& provider);

// What a person would type into the form of each provider, for the simulator's accounts.
Json settings_for(const std::string& provider);
// The simulator's settings with which all accounts work.
Json accounts_in_sim();
// Where the simulator is told a connection's webhook address; empty when each message brings it.
Json webhook_setting(const std::string& provider, const std::string& url);
// The server's settings that bring its requests to the simulator, which listens on port_of(provider), as
// fast as it likes.
std::map<std::string, std::string> simulator_settings(
    const std::function<int(const std::string& provider)>& port_of);

// The content of Meta's approved sample template with two variables.
Json order_update(const std::string& language = "en_US");

}  // namespace blackbox
