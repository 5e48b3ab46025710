// The body of POST /api/message/send/json, checked field by field.
// Source: programs that use SleekFlow's Platform API in production; templates and buttons are Meta's.
#pragma once

#include "sleekflow_config.hpp"

#include "dakiya/json.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace sim {

// Views into the body that was checked.
struct SleekFlowMessage {
    std::uint64_t digits = 0;
    std::string_view kind, ref, text, template_name;
    std::string params;  // JSON of the template's components
};

// An HTTP status, or a code of Meta's: then the answer is a 200 with a message that failed.
struct SleekFlowRefusal {
    int code = 0;
    std::string details;
    bool violation = false;  // no correct client sends this
    explicit operator bool() const { return code != 0; }
};

SleekFlowRefusal check_sleekflow_message(const dakiya::Json& body, const SleekFlowConfig& config,
                                         SleekFlowMessage& out);
// Digits with country code, no plus; 0 when it is not.
std::uint64_t sleekflow_number(std::string_view number);

}  // namespace sim
