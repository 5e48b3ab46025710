// Who may call Meta, and with which templates.
#pragma once

#include "config.hpp"
#include "template_shape.hpp"

#include <string>
#include <unordered_map>

namespace sim {

struct MetaConfig {
    std::string access_token, phone_number_id, waba_id, app_id, app_secret, verify_token,
        display_phone_number;
    std::string webhook_url;
    dakiya::Json templates;  // as the list endpoint shows them
    TemplateShapes shapes;
    Rate rate;
};

// The defaults of the settings' section "meta", which are also the reference of it.
extern const char* const meta_defaults;
MetaConfig read_meta(Fields& section, Fault& fault);

}  // namespace sim
