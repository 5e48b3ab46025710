// Whose number 360dialog hosts, and with which templates.
#pragma once

#include "meta_config.hpp"

#include <string>

namespace sim {

struct Dialog360Config {
    std::string api_key;
    std::string header, secret;  // that were registered with the webhook's address
    MetaConfig meta;             // what is Meta's: the number, its webhook's address, its templates
};

extern const char* const dialog360_defaults;
Dialog360Config read_dialog360(Fields& section, Fault& fault);

}  // namespace sim
