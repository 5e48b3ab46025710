// The form of POST …/Messages.json, checked field by field.
// Source: twilio_api_v2010.json of github.com/twilio/twilio-oai, CreateMessage.
#pragma once

#include "text.hpp"
#include "twilio_config.hpp"

#include <cstdint>
#include <string>

namespace sim {

struct TwilioMessage {
    std::uint64_t digits = 0;
    bool whatsapp = false;
    bool media = false;
    bool service = false;  // sent through a Messaging Service
    std::string to, sender, body, content_sid, variables, callback, ref;
};

struct TwilioRefusal {
    int code = 0;
    std::string details;
    bool violation = false;  // no correct client sends this
    explicit operator bool() const { return code != 0; }
};

// `warnings` are violations of a form that Twilio accepts all the same.
TwilioRefusal check_twilio_message(const Form& form, const TwilioConfig& config, TwilioMessage& out,
                                   std::vector<std::string>& warnings);

// The HTTP status of an error code. Source: twilio.com/docs/api/errors.
int twilio_http_status(int code);
std::string twilio_error_text(int code);

}  // namespace sim
