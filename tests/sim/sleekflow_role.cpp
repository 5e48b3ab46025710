// What comes from SleekFlow by itself: the flow that the tenant built on incoming messages, with a header of
// the tenant's own. No report of a delivery is known, and nothing is sent again.
#include "sleekflow.hpp"

#include <stdexcept>

namespace sim {

using dakiya::Json;

const Role sleekflow_role = {
    .name = "sleekflow",
    .throttled = 429,
    .failed = 131026,
    .defaults = sleekflow_defaults,
    .read = any_section<read_sleekflow>,
    .make = make_player<SleekFlow>,
    .id = [](const Ledger& /*ledger*/, std::size_t n) { return std::to_string(100'000'000 + n); },
    .address = plain_digits,
};

bool SleekFlow::reports(const Entry& /*entry*/) const { return false; }

Post SleekFlow::statuses(const std::vector<Event>& /*events*/) const {
    throw std::logic_error("SleekFlow reports no states");
}

Post SleekFlow::inbound(Inbound inbound, const std::string& token) const {
    const auto from = digits_of(inbound.from);
    Post post = json_post(config().webhook_url,
                          Json{{"channel", "whatsappcloudapi"},
                               {"channel_id", config().channel_number},
                               {"conversation_id", conversation_of(from ? *from : 0)},
                               {"message_id", token},
                               {"message_unique_id", token},
                               {"is_sent_from_sleekflow", false},
                               {"message", Json{{"message_type", "text"}, {"message_content", inbound.text}}},
                               {"contact", Json{{"id", "c-" + inbound.from},
                                                {"first_name", inbound.name},
                                                {"last_name", ""},
                                                {"PhoneNumber", inbound.from}}}}
                              .dump());
    post.headers = "X-Webhook-Token: " + config().webhook_secret + "\r\n";
    return post;
}

}  // namespace sim
