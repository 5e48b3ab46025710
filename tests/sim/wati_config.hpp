// Who may call WATI, from which channels and with which templates.
#pragma once

#include "config.hpp"

#include <string>
#include <vector>

namespace sim {

struct WatiConfig {
    std::string api_token, tenant_id, phone_number, webhook_url;
    std::vector<std::string> channels;  // beside the default one
    dakiya::Json templates;             // as GET /messageTemplates lists them
    Rate rate;
};

// The defaults of the settings' section "wati", which are also the reference of it.
extern const char* const wati_defaults;
WatiConfig read_wati(Fields& section, Fault& fault);

}  // namespace sim
