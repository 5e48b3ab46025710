// Twilio's webhooks.
#pragma once

#include "payloads.hpp"
#include "text.hpp"
#include "twilio_config.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace sim {

// X-Twilio-Signature over the address and the sorted fields.
std::string twilio_signature(std::string_view auth_token, std::string_view url, const Form& form);
// The fragment of a callback address holds Twilio's connection overrides and is not sent.
Post twilio_status(const TwilioConfig& config, const Ledger& ledger, Event event);
// The sid of a file of the world.
std::string twilio_media_sid(const std::string& file);
Post twilio_inbound(const TwilioConfig& config, const Inbound& inbound);

}  // namespace sim
