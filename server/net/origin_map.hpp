// Sends requests for one origin to another: a test or a private mirror in place of a provider. Settings are
// "net.origin.https://api.twilio.com = http://127.0.0.1:4010".
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "net/url.hpp"

namespace dakiya::net {

class OriginMap {
public:
    // Both are origins: a URL without path, query or user. Refuses a second target for the same origin.
    Result<void> add(std::string_view from, std::string_view to);

    // Where a request for this origin goes instead; null when it is not mapped. The operator named the
    // target, so the address guard does not apply to it.
    const Url* find(const std::string& origin) const;

    // Everything, by origin, for the loud line at start.
    const std::map<std::string, Url>& all() const { return targets_; }

private:
    std::map<std::string, Url> targets_;
};

}  // namespace dakiya::net
