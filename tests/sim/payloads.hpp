// The webhooks as each provider writes and signs them: one function per provider and kind, no I/O.
#pragma once

#include "config.hpp"
#include "ledger.hpp"
#include "text.hpp"

#include "dakiya/json.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace sim {

struct Post {
    std::string url;  // as the provider knows it: the public address
    std::string content_type;
    std::string headers;  // signature lines, each ended by \r\n
    std::string body;
};

// One status of one message of the ledger.
struct Event {
    std::size_t n = 0;
    Status status = Status::sent;
};

// A message of a person to the business.
struct Inbound {
    Provider provider = Provider::meta;
    std::string id;
    std::string from;  // digits
    std::string name;
    std::string text;
    std::string button_payload;  // with it, `text` is the label of the button that was tapped
    std::string reply_to;        // provider's id of our message
    bool whatsapp = true;
    std::int64_t at = 0;
};

// X-Hub-Signature-256 over the raw body.
std::string meta_signature(std::string_view app_secret, std::string_view body);
Post meta_statuses(const MetaConfig& config, const Ledger& ledger, const std::vector<Event>& events);
Post meta_inbound(const MetaConfig& config, const Inbound& inbound);

// X-Twilio-Signature over the address and the sorted fields.
std::string twilio_signature(std::string_view auth_token, std::string_view url, const Form& form);
// The fragment of a callback address holds Twilio's connection overrides and is not sent.
Post twilio_status(const TwilioConfig& config, const Ledger& ledger, Event event);
Post twilio_inbound(const TwilioConfig& config, const Inbound& inbound);

Post msg91_status(const Msg91Config& config, const Ledger& ledger, Event event);
Post msg91_inbound(const Msg91Config& config, const Inbound& inbound);

}  // namespace sim
