// What Fast2SMS sends by itself: SMS reports in the body that the account's owner pasted, one each and
// unsigned; of WhatsApp what Meta wrote ("META DIRECT"). A report that was not taken comes again with a
// higher post_attempt. Source: docs.fast2sms.com/reference/sms-webhook, /whatsapp-webhook.
#include "fast2sms.hpp"
#include "meta_payloads.hpp"

namespace sim {
namespace {

using dakiya::Json;

// Every value is a text: the body is made of placeholders.
Json report(const Ledger& ledger, const Event& event) {
    const Entry& entry = ledger[event.n];
    const bool failed = event.status == Status::failed;
    const std::int64_t at = entry.at + entry.timeline.at(event.status);
    const std::string number = std::to_string(entry.to);
    return {{"request_id", ledger.id(event.n)},
            {"mobile", number.size() == 12 ? number.substr(2) : number},
            {"channel", "sms"},
            {"status", failed ? "failed" : "delivered"},
            {"status_description", failed ? "Failed" : "Delivered"},
            {"failure_reason", failed ? "DLT scrubbing failed: 633 TEMPLATE_NOT_MATCHED" : ""},
            {"amount_debited", "0.20"},
            {"sms_count", "1"},
            {"delivery_timestamp", std::to_string(at / 1000)},
            {"post_attempt", "1"},
            {"udf1", ledger.ref(entry)}};
}

// One for all numbers of a call; entries and calls are counted apart.
std::string request_id(const Ledger& ledger, std::size_t n) {
    constexpr std::uint64_t of_calls = 1ULL << 32U;
    const std::uint64_t batch = ledger[n].batch;
    return ledger.token(batch != 0 ? of_calls + batch : n);
}

}  // namespace

const Role fast2sms_role = {
    .name = "fast2sms",
    .throttled = 429,
    .failed = 633,
    .retries = 3,
    .tells_sms_sent = false,
    .defaults = fast2sms_defaults,
    .read = any_section<read_fast2sms>,
    .make = make_player<Fast2Sms>,
    .id = [](const Ledger& ledger, std::size_t n) { return request_id(ledger, n); },
    .address = plain_digits,
};

bool Fast2Sms::reports(const Entry& /*entry*/) const { return !config().webhook_url.empty(); }

Post Fast2Sms::statuses(const std::vector<Event>& events) const {
    const Ledger& ledger = world_.ledger();
    if (ledger[events.front().n].whatsapp) return meta_statuses(config().whatsapp, ledger, events);
    return json_post(config().webhook_url, report(ledger, events.front()).dump());
}

Post Fast2Sms::inbound(Inbound inbound, const std::string& token) const {
    if (!inbound.whatsapp) throw dakiya::JsonError("Fast2SMS passes no SMS of people on");
    inbound.id = "wamid." + token;
    return meta_inbound(config().whatsapp, inbound);
}

}  // namespace sim
