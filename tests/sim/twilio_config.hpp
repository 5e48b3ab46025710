// Who may call Twilio, from which senders.
#pragma once

#include "config.hpp"

#include <string>
#include <vector>

namespace sim {

struct TwilioConfig {
    std::string account_sid, auth_token, messaging_service_sid, inbound_url;
    std::string api_key_sid, api_key_secret;
    std::vector<std::string> senders;  // numbers that may be used as From, without channel prefix
    dakiya::Json contents;             // as ContentAndApprovals shows them
    Rate rate;
};

// The defaults of the settings' section "twilio", which are also the reference of it.
extern const char* const twilio_defaults;
TwilioConfig read_twilio(Fields& section, Fault& fault);

}  // namespace sim
