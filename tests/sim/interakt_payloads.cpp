// Source: interakt.shop resource center, "Interakt's Webhooks" and "Webhooks for customer messages, sent
// template status". Signed over the raw body with the secret that was entered beside the address.
#include "interakt_payloads.hpp"

#include "files.hpp"
#include "text.hpp"

#include <array>
#include <cstdio>
#include <ctime>

namespace sim {
namespace {

using dakiya::Json;

// UTC, which is not said; with microseconds when it is the event's own.
std::string utc(std::int64_t at_ms, bool exact = false) {
    const auto seconds = static_cast<std::time_t>(at_ms / 1000);
    std::tm parts{};
    gmtime_r(&seconds, &parts);
    std::array<char, 32> text{};
    std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%S", &parts);
    if (!exact) return text.data();
    std::array<char, 16> fraction{};
    std::snprintf(fraction.data(), fraction.size(), ".%03d000", static_cast<int>(at_ms % 1000));
    return std::string(text.data()) + fraction.data();
}

Post signed_post(const InteraktConfig& config, const char* type, std::int64_t at, Json data) {
    Post post = json_post(
        config.webhook_url,
        Json{{"version", "1.0"}, {"timestamp", utc(at, true)}, {"type", type}, {"data", std::move(data)}}
            .dump());
    post.headers =
        "Interakt-Signature: sha256=" + hex(hmac_sha256(config.webhook_secret, post.body)) + "\r\n";
    return post;
}

// The number in two parts. How long a country's code is does not matter to whoever puts them together.
Json customer(const InteraktConfig& config, const std::string& digits, const std::string& name) {
    constexpr std::size_t country = 2;
    return Json{{"id", "c" + digits},
                {"channel_phone_number", config.channel_phone_number},
                {"phone_number", digits.substr(country)},
                {"country_code", "+" + digits.substr(0, country)},
                {"traits", Json{{"name", name}, {"whatsapp_opted_in", true}}}};
}

struct Word {
    const char *type, *status;
};

Word word_of(Status status) {
    switch (status) {
        case Status::delivered:
            return {"message_api_delivered", "Delivered"};
        case Status::read:
            return {"message_api_read", "Read"};
        case Status::failed:
            return {"message_api_failed", "Failed"};
        default:
            return {"message_api_sent", "Sent"};
    }
}

std::string kind_of(const Inbound& inbound) {
    if (inbound.file.empty()) return inbound.button_payload.empty() ? "Text" : "InteractiveButtonReply";
    std::string kind = kind_of_file(inbound.file_type);
    kind[0] = static_cast<char>(kind[0] - 'a' + 'A');
    return kind;
}

}  // namespace

Post interakt_status(const InteraktConfig& config, const Ledger& ledger, Event event) {
    const Entry& entry = ledger[event.n];
    const Word word = word_of(event.status);
    const std::int64_t at = entry.at + entry.timeline.at(event.status);
    const bool failed = event.status == Status::failed;
    const Json message{
        {"id", ledger.id(event.n)},
        {"chat_message_type", "PublicApiMessage"},
        {"channel_failure_reason", failed ? Json("failed by the simulation") : Json()},
        {"message_status", word.status},
        {"received_at_utc", utc(entry.at)},
        {"delivered_at_utc", event.status == Status::delivered ? Json(utc(at)) : Json()},
        {"seen_at_utc", event.status == Status::read ? Json(utc(at)) : Json()},
        {"campaign_id", nullptr},
        {"is_template_message", ledger.name(entry.kind) == "Template"},
        {"raw_template", "{}"},
        {"channel_error_code", failed ? Json(std::to_string(entry.timeline.code)) : Json()},
        {"message_content_type", ledger.name(entry.kind)},
        {"media_url", nullptr},
        {"message", ledger.text(entry)},
        {"meta_data",
         Json{{"source", "PublicInterakt"},
              {"source_data", Json{{"callback_data", ledger.ref(entry)}}},
              {"message_cost",
               Json{{"whatsapp_cost", 0.11}, {"interakt_markup", 0.02}, {"actual_message_cost", 0.13}}}}}};
    return signed_post(
        config, word.type, at,
        Json{{"customer", customer(config, std::to_string(entry.to), "")}, {"message", message}});
}

Post interakt_inbound(const InteraktConfig& config, const Inbound& inbound, const std::string& file_url) {
    const bool tap = !inbound.button_payload.empty();
    const Json reply{{"type", "button_reply"},
                     {"button_reply", Json{{"id", inbound.button_payload}, {"title", inbound.text}}}};
    const Json message{{"id", inbound.id},
                       {"chat_message_type", "CustomerMessage"},
                       {"channel_failure_reason", nullptr},
                       {"message_status", "Sent"},
                       {"received_at_utc", utc(inbound.at)},
                       {"delivered_at_utc", nullptr},
                       {"seen_at_utc", nullptr},
                       {"campaign_id", nullptr},
                       {"is_template_message", false},
                       {"raw_template", nullptr},
                       {"channel_error_code", nullptr},
                       {"message_content_type", kind_of(inbound)},
                       {"media_url", file_url.empty() ? Json() : Json(file_url)},
                       {"message", tap ? reply.dump() : inbound.text},
                       {"meta_data", Json::object()}};
    return signed_post(
        config, "message_received", inbound.at,
        Json{{"customer", customer(config, inbound.from, inbound.name)}, {"message", message}});
}

}  // namespace sim
