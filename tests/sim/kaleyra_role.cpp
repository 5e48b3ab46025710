// What Kaleyra sends by itself: bodies of callback profiles, as their owner wrote them, unsigned.
#include "file_replies.hpp"
#include "kaleyra.hpp"

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
    const Ledger& ledger = world_.ledger();
    const Event& event = events.front();
    const Entry& entry = ledger[event.n];
    const bool failed = event.status == Status::failed;
    const std::string_view callback = ledger.callback(entry);
    Post post;
    post.url = callback.empty() ? config().webhook_url : std::string(callback);
    post.content_type = "application/json";
    post.body = Json{{"message_id", ledger.id(event.n)},
                     {"recipient", plain_digits(entry)},
                     {"status", word_of(event.status, entry.whatsapp)},
                     {"status_trace", failed ? trace_of(entry.timeline.code) : ""},
                     {"ref", ledger.ref(entry)},
                     {"timestamp", india_time(entry.at + entry.timeline.at(event.status))}}
                    .dump();
    return post;
}

// SMS to a virtual number; WhatsApp as V1 profiles write it, values put in as they are.
Post Kaleyra::inbound(Inbound inbound, const std::string& token) const {
    Post post;
    post.url = config().webhook_url;
    post.content_type = "application/json";
    if (!inbound.whatsapp) {
        if (!inbound.file.empty()) throw dakiya::JsonError("an SMS has no file");
        post.body = Json{{"source", inbound.from},  {"recipient", "919800000002"},
                         {"message", inbound.text}, {"id", token},
                         {"keyword", inbound.text}, {"timestamp", india_time(inbound.at)}}
                        .dump();
        return post;
    }
    const bool tap = !inbound.button_payload.empty();
    const bool file = !inbound.file.empty();
    const std::string type = file ? kind_of_file(inbound.file_type) : tap ? "button" : "text";
    const std::string url = file ? storage_address(world_, files, inbound.file) : "";
    post.body = R"({"body":")" + inbound.text + R"(","mime_type":")" + inbound.file_type +
                R"(","media_url":")" + url + R"(","from":")" + inbound.from + R"(","name":")" + inbound.name +
                R"(","type":")" + type + R"(","created_at":")" + std::to_string(inbound.at / 1000) +
                R"(","reply_to":")" + inbound.reply_to + R"(","wanumber":")" + config().whatsapp_number +
                R"(","custom_response":")" + inbound.button_payload + R"("})";
    return post;
}

}  // namespace sim
