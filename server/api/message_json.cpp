#include "api/message_json.hpp"

#include "api/schemas.hpp"

namespace dakiya::api {

namespace {

Json id_or_null(std::string_view prefix, Id id) { return id == 0 ? Json() : Json(format_id(prefix, id)); }

Json failure(const std::string& cls, const std::string& code, const std::string& text) {
    if (cls.empty()) return {};
    return Json{{"class", cls}, {"code", code}, {"text", text}};
}

}  // namespace

Json to_json(const store::MessageView& view) {
    const store::Message& message = view.message;
    Json json{{"id", format_id(prefix::message, message.id)},
              {"origin", to_string(message.origin)},
              {"campaign", id_or_null(prefix::campaign, message.campaign)},
              {"connection", id_or_null(prefix::connection, message.connection)},
              {"contact", id_or_null(prefix::contact, message.contact)},
              {"after", id_or_null(prefix::message, message.after)},
              {"channel", message.channel},
              {"address", message.address},
              {"state", to_string(view.state)},
              {"reason", message.reason.empty() ? Json() : Json(message.reason)},
              {"created_at", message.created_at}};
    if (view.outcome) {
        const store::Outcome& outcome = *view.outcome;
        json.set("provider_id", outcome.provider_id.empty() ? Json() : Json(outcome.provider_id));
        json.set("error", failure(outcome.cls, outcome.code, outcome.text));
        json.set("parts", outcome.parts);
        json.set("cost", outcome.cost);
        json.set("attempts", outcome.attempts);
        json.set("sent_at", outcome.sent_at);
        json.set("updated_at", outcome.updated_at);
    }
    return json;
}

Json to_json(const store::MessageEvent& event) {
    return Json{{"kind", event.kind},
                {"state", to_string(event.state)},
                {"error", failure(event.cls, event.code, event.text)},
                {"at", event.at},
                {"received_at", event.received_at}};
}

Json message_schema() {
    using namespace schema;
    const Json id = nullable(text(20));
    const Json time = described(integer(0, INT64_MAX), "Unix milliseconds");
    const Json error = nullable(object({{"class", text(16)}, {"code", text(64)}, {"text", text(500)}}));
    return object({{"id", text(20)},
                   {"origin", one_of({"campaign", "single", "otp", "reply", "inbound"})},
                   {"campaign", id},
                   {"connection", id},
                   {"contact", id},
                   {"after", nullable(described(text(20),
                                                "The message that this one follows, because that one "
                                                "did not reach its person"))},
                   {"resent_as", nullable(described(text(20), "In the answer of resolve: the new message"))},
                   {"channel", text(16)},
                   {"address", text(190)},
                   {"state", state_schema()},
                   {"reason", nullable(described(text(64), "Why it was skipped"))},
                   {"provider_id", nullable(text(190))},
                   {"error", error},
                   {"parts", described(integer(0, 32'767), "SMS segments; 0 when not known")},
                   {"cost", described(integer(0, INT64_MAX), "Millionths of the connection's currency")},
                   {"attempts", integer(0, 32'767)},
                   {"content", any_object()},
                   {"params", any_object()},
                   {"media", described(any_object(),
                                       "The file of an inbound message: id, type, size, filename; or "
                                       "state and error while it is not here")},
                   {"events", Json{{"type", "array"},
                                   {"items", object({{"kind", text(16)},
                                                     {"state", state_schema()},
                                                     {"error", error},
                                                     {"at", time},
                                                     {"received_at", time}})}}},
                   {"created_at", time},
                   {"sent_at", time},
                   {"updated_at", time}});
}

Json state_schema() {
    return schema::one_of({"queued", "skipped", "cancelled", "sending", "uncertain", "sent", "delivered",
                           "read", "failed", "received"});
}

}  // namespace dakiya::api
