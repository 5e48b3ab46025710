// Who may call AiSensy, through which campaigns, and what its project has.
#pragma once

#include "config.hpp"

#include <string>
#include <vector>

namespace sim {

struct AiSensyCampaign {
    std::string name, status;  // LIVE, STOPPED, PAUSED
    std::size_t params = 0;    // values that its template has
    bool media = false;        // a file in the header
    bool button = false;       // a link button with a value, at index 0
};

struct AiSensyConfig {
    std::string api_key, project_id, project_password, webhook_url, webhook_secret;
    std::vector<AiSensyCampaign> campaigns;
    dakiya::Json templates;  // as the Project API lists them
    Rate rate;
};

// The defaults of the settings' section "aisensy", which are also the reference of it.
extern const char* const aisensy_defaults;
AiSensyConfig read_aisensy(Fields& section, Fault& fault);

}  // namespace sim
