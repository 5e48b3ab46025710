// The body of POST /message/, checked field by field.
// Source: documenter.getpostman.com/view/14760594/2sA2r7zibM and clients in production; Meta's limits.
#pragma once

#include "interakt_config.hpp"

#include "dakiya/json.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace sim {

// Views into the body that was checked.
struct InteraktMessage {
    std::uint64_t digits = 0;
    std::string_view kind, ref, text, template_name;
    std::string params;  // JSON of the values
};

struct InteraktRefusal {
    std::string details;
    bool violation = false;  // no correct client sends this
    explicit operator bool() const { return !details.empty(); }
};

InteraktRefusal check_interakt_message(const dakiya::Json& body, const InteraktConfig& config,
                                       InteraktMessage& out);

}  // namespace sim
