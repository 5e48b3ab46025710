// Who may call the Bird Platform, from which senders, with which templates.
#pragma once

#include "config.hpp"

#include <string>
#include <vector>

namespace sim {

struct MessageBirdConfig {
    std::string api_key, webhook_secret, webhook_url;
    std::vector<std::string> senders, whatsapp_senders;
    std::vector<std::string> sms_templates, whatsapp_templates;  // slugs
    Rate rate;
};

// The defaults of the settings' section "messagebird", which are also the reference of it.
extern const char* const messagebird_defaults;
MessageBirdConfig read_messagebird(Fields& section, Fault& fault);

}  // namespace sim
