// Who may call Interakt, and with which templates.
#pragma once

#include "config.hpp"
#include "template_shape.hpp"

#include <string>
#include <unordered_map>

namespace sim {

struct InteraktConfig {
    std::string api_key, webhook_secret, channel_phone_number, webhook_url;
    dakiya::Json templates;  // in Meta's shape; listed in Interakt's
    TemplateShapes shapes;
    Rate rate;
};

extern const char* const interakt_defaults;
InteraktConfig read_interakt(Fields& section, Fault& fault);

}  // namespace sim
