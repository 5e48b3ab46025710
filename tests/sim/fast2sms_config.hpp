// Who may call Fast2SMS, with which templates.
#pragma once

#include "meta_config.hpp"

#include <map>
#include <string>
#include <vector>

namespace sim {

struct Fast2SmsConfig {
    std::string api_key, webhook_url, entity_id;
    std::vector<std::string> senders;
    dakiya::Json templates;                            // of DLT Manager
    std::map<std::string, std::string> by_id, by_dlt;  // message id and DLT number → text with {#var#}
    MetaConfig whatsapp;                               // calls and events have Meta's form
    Rate rate;
};

// The defaults of the settings' section "fast2sms", which are also the reference of it.
extern const char* const fast2sms_defaults;
Fast2SmsConfig read_fast2sms(Fields& section, Fault& fault);

}  // namespace sim
