// What Kaleyra sends by itself: bodies of callback profiles, as their owner wrote them, unsigned.
#include "file_replies.hpp"
#include "kaleyra.hpp"
#include "kaleyra_payloads.hpp"

#include <ctime>

namespace sim {
namespace {

using dakiya::Json;

// Where received files are, open to whoever has the address.
constexpr const char* files = "https://kaleyra-in.s3.ap-south-1.amazonaws.com/received/";

// India's time, without saying so.
std::string india_time(std::int64_t ms) {
    constexpr std::int64_t ahead_s = (5 * 60 + 30) * 60;
    const std::time_t seconds = ms / 1000 + ahead_s;
    std::tm parts{};
    gmtime_r(&seconds, &parts);
    char text[32];
    std::strftime(text, sizeof text, "%Y-%m-%d %H:%M:%S", &parts);
    return text;
}

// Failures are told as a trace.
const char* trace_of(int code) {
    switch (code) {
        case 1:
            return "INVALID-SUB";
        case 2:
            return "BLACKLIST";
        case 3:
            return "CON-DND";
        default:
            return "EXPIRED";
    }
}

const char* word_of(Status status, bool whatsapp) {
    switch (status) {
        case Status::failed:
            return whatsapp ? "failed" : "UnDelivered";
        case Status::delivered:
            return whatsapp ? "delivered" : "Delivered";
        case Status::read:
            return "read";
        default:
            return whatsapp ? "sent" : "Sent";
    }
}

}  // namespace

const Role kaleyra_role = {
    .name = "kaleyra",
    .throttled = 429,
    .failed = 1,
    .gives_files = true,
    .defaults = kaleyra_defaults,
    .read = any_section<read_kaleyra>,
    .make = make_player<Kaleyra>,
    .id = [](const Ledger& ledger,
             std::size_t n) { return ledger.token(n) + (ledger[n].whatsapp ? "" : ":1"); },
    .address = plain_digits,
};

bool Kaleyra::reports(const Entry& entry) const {
    return !config().webhook_url.empty() || !world_.ledger().callback(entry).empty();
}

Post Kaleyra::statuses(const std::vector<Event>& events) const {
    const Event& event = events.front();
    const Entry& entry = world_.ledger()[event.n];
    return kaleyra_report(world_.ledger(), event, config().webhook_url, word_of(event.status, entry.whatsapp),
                          event.status == Status::failed ? trace_of(entry.timeline.code) : "",
                          india_time(entry.at + entry.timeline.at(event.status)));
}

// SMS to a virtual number; WhatsApp as V1 profiles write it.
Post Kaleyra::inbound(Inbound inbound, const std::string& token) const {
    if (inbound.whatsapp) {
        const std::string file = inbound.file.empty() ? "" : storage_address(world_, files, inbound.file);
        return json_post(config().webhook_url,
                         kaleyra_whatsapp_body(inbound, file, config().whatsapp_number));
    }
    if (!inbound.file.empty()) throw dakiya::JsonError("an SMS has no file");
    return json_post(config().webhook_url, Json{{"source", inbound.from},
                                                {"recipient", "919800000002"},
                                                {"message", inbound.text},
                                                {"id", token},
                                                {"keyword", inbound.text},
                                                {"timestamp", india_time(inbound.at)}}
                                               .dump());
}

}  // namespace sim
