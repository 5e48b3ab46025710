// Who may call 2Factor, with which templates.
#pragma once

#include "config.hpp"

#include <map>
#include <string>
#include <vector>

namespace sim {

struct TwoFactorConfig {
    std::string api_key, webhook_url;
    std::vector<std::string> senders, otp_templates;
    std::map<std::string, std::int64_t> templates;  // name → how many variables it has
    Rate rate;
};

// The defaults of the settings' section "twofactor", which are also the reference of it.
extern const char* const twofactor_defaults;
TwoFactorConfig read_twofactor(Fields& section, Fault& fault);

}  // namespace sim
