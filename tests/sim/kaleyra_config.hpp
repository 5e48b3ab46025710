// Who may call Kaleyra, with which DLT templates, and where its callback profiles lead.
#pragma once

#include "config.hpp"

#include <string>
#include <vector>

namespace sim {

struct KaleyraConfig {
    std::string sid, api_key, webhook_url, whatsapp_number, waba_id;
    std::vector<std::string> senders, dlt_templates, profiles;
    std::vector<std::string> whatsapp_templates;  // approved, in English, with two variables
    Rate rate;
};

// The defaults of the settings' section "kaleyra", which are also the reference of it.
extern const char* const kaleyra_defaults;
KaleyraConfig read_kaleyra(Fields& section, Fault& fault);

}  // namespace sim
