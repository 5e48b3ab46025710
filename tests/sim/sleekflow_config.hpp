// Who may call SleekFlow, and with which templates.
#pragma once

#include "config.hpp"
#include "template_shape.hpp"

#include <string>
#include <unordered_map>

namespace sim {

struct SleekFlowConfig {
    std::string api_key, channel_number, webhook_url, webhook_secret;
    dakiya::Json templates;  // in Meta's shape
    TemplateShapes shapes;
    Rate rate;
};

extern const char* const sleekflow_defaults;
SleekFlowConfig read_sleekflow(Fields& section, Fault& fault);

}  // namespace sim
