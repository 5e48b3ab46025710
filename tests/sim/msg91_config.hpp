// Who may call MSG91, from which senders and with which templates.
#pragma once

#include "config.hpp"

#include <string>
#include <unordered_map>
#include <vector>

namespace sim {

struct Msg91Config {
    std::string authkey, integrated_number, webhook_url;
    bool old_webhook = false;  // v2 form instead of the new JSON
    std::vector<std::string> senders;
    std::unordered_map<std::string, std::vector<std::string>> templates;  // id → ##variables##
    std::vector<std::string> otp_templates;
    dakiya::Json whatsapp_templates;  // as get-template-client shows them
    Rate rate;
};

// The defaults of the settings' section "msg91", which are also the reference of it.
extern const char* const msg91_defaults;
Msg91Config read_msg91(Fields& section, Fault& fault);

}  // namespace sim
