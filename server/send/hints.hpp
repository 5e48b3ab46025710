// What a provider's answer says about how it wants to be asked from now on.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "net/limiter.hpp"
#include "plugin/provider.hpp"
#include "send/limits.hpp"

namespace dakiya::send {

// Of one of a connection's limits in the limiter; an empty name means "default".
std::string limit_key(Id connection, std::string_view name);

// `limit` records and throttled results change the rate while it is running. drawn_on: the name of the limit
// that the request counted on.
void heed_limits(net::Limiter& limiter, Limits& limits, const plugin::Manifest& manifest, Id connection,
                 std::string_view drawn_on, const std::vector<plugin::Record>& records);

// An answer may be trouble as a lost connection is, and only the plugin can read it: by the class of a result
// (domain/outcome).
bool means_trouble(const std::vector<plugin::Record>& records);

}  // namespace dakiya::send
