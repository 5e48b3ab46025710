// The accounts that tests/sim has, and how a server is brought to it.
#pragma once

#include <functional>
#include <map>
#include <string>

#include "dakiya/json.hpp"

namespace blackbox {

using dakiya::Json;

// A TCP port of 127.0.0.1 that nobody listens on now.
int free_port();

// What a person would type into the form of each provider, for the simulator's accounts.
Json settings_for(const std::string& provider);
// Where the simulator is told a connection's webhook address. Twilio takes that of status events from each
// message.
Json webhook_setting(const std::string& provider, const std::string& url);
// The server's settings that bring its requests to the simulator, which listens on port_of(provider), as
// fast as it likes.
std::map<std::string, std::string> simulator_settings(
    const std::function<int(const std::string& provider)>& port_of);

// The content of Meta's approved sample template with two variables.
Json order_update(const std::string& language = "en_US");

}  // namespace blackbox
