// What 2Factor sends by itself: forms, unsigned, one report each. Nothing is known of repeats.
// Source: dial2verify.com knowledge base, articles 5 (one-time codes) and 14 (transactional SMS).
#include "twofactor.hpp"

namespace sim {

const Role twofactor_role = {
    .name = "twofactor",
    .throttled = 429,
    .failed = 1,
    .tells_sms_sent = false,
    .defaults = twofactor_defaults,
    .read = any_section<read_twofactor>,
    .make = make_player<TwoFactor>,
    .id = [](const Ledger& ledger, std::size_t n) { return ledger.token(n); },
    .address = plain_digits,
};

bool TwoFactor::reports(const Entry& /*entry*/) const { return !config().webhook_url.empty(); }

Post TwoFactor::statuses(const std::vector<Event>& events) const {
    const Ledger& ledger = world_.ledger();
    const Event& event = events.front();
    const Entry& entry = ledger[event.n];
    const bool failed = event.status == Status::failed;
    const std::string to = std::to_string(entry.to);
    Form form;
    if (ledger.name(entry.kind) == "otp") {
        const bool voice = ledger.name(entry.sender) == "voice";
        form = {{"mode", voice ? "VOICE_OTP" : "SMS_OTP"},
                {"SessionId", ledger.id(event.n)},
                {"To", to},
                {"Status", failed ? "FAILED" : "DELIVERED"}};
        // Nobody took the call, and yet it is called delivered.
        if (voice) form.emplace_back("callDetailStatus", failed ? "DELIVERED (USR_BUSY)" : "DELIVERED");
    } else {
        form = {{"SessionId", ledger.id(event.n)},
                {"SmsTo", event.n % 2 == 0 ? to : to.substr(2)},  // with and without 91
                {"SmsStatus", failed ? "UNDELIVERABLE" : "DELIVERED"},
                {"StatusGroupId", failed ? "2" : "3"},
                {"StatusGroupName", failed ? "UNDELIVERABLE" : "DELIVERED"},
                {"StatusName", failed ? "UNDELIVERABLE_NOT_DELIVERED" : "DELIVERED_TO_HANDSET"},
                {"StatusDescription", failed ? "Message not delivered" : "Message delivered to handset"},
                {"ErrorGroupId", failed ? "1" : "0"},
                {"ErrorDescription", failed ? "Absent subscriber" : "No Error"},
                {"ErrorPermanent", "false"}};
    }
    Post post;
    post.url = config().webhook_url;
    post.content_type = "application/x-www-form-urlencoded";
    post.body = encode_form(form);
    return post;
}

Post TwoFactor::inbound(Inbound /*inbound*/, const std::string& /*token*/) const {
    throw dakiya::JsonError("2Factor passes no messages of people on");
}

}  // namespace sim
