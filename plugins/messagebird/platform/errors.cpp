#include "platform/errors.hpp"

#include <array>
#include <string_view>

#include "common.hpp"
#include "dakiya/waba/error.hpp"

namespace messagebird::platform {

using namespace dakiya;

namespace {

struct Row {
    std::string_view word;
    const char* cls;
};

// "type"; on the wire also with "_error" at the end.
constexpr std::array<Row, 18> types{{
    {"auth", "auth"},
    {"permission", "auth"},
    {"misdirected", "auth"},
    {"billing", "balance"},
    {"validation", "content"},
    {"bad_request", "content"},
    {"not_found", "content"},
    {"gone", "content"},
    {"payload_too_large", "content"},
    {"precondition", "content"},
    {"not_implemented", "content"},
    {"conflict", "content"},
    {"rate_limit", "throttled"},
    {"too_early", "provider"},
    {"internal", "provider"},
    {"service_unavailable", "provider"},
    {"bad_gateway", "provider"},
    {"timeout", "provider"},
}};

// "name": when it says more than the type.
constexpr std::array<Row, 9> names{{
    {"SMSInvalidRecipient", "recipient"},
    {"WhatsAppInvalidRecipient", "recipient"},
    {"WhatsAppRecipientNotSupportedForTemplate", "recipient"},
    {"WhatsAppTemplate", "template"},  // …ParameterMismatch, …NotFound
    {"SMSTemplate", "template"},
    {"WhatsAppSender", "config"},  // …Required, …NotFound, …WABAMismatch, …NotAllowed
    {"SMSSender", "config"},
    {"request_in_progress", "provider"},
    {"idempotency_key_reuse", "plugin"},
}};

// "error.code" of a message that failed after it had been accepted.
constexpr std::array<Row, 18> later{{
    {"invalid_destination", "recipient"},
    {"landline_unreachable", "recipient"},
    {"undeliverable", "recipient"},
    {"unreachable", "provider"},
    {"provider_unavailable", "provider"},
    {"internal_error", "provider"},
    {"blocked_by_carrier", "policy"},
    {"content_rejected", "policy"},
    {"sender_unregistered", "policy"},
    {"blocked_by_recipient", "opted_out"},
    {"recipient_opted_out", "opted_out"},
    {"recipient_suppressed", "opted_out"},
    {"insufficient_balance", "balance"},
    {"price_not_found", "balance"},
    {"service_window_expired", "window"},
    {"rate_limited", "throttled"},
    {"template_problem", "template"},
    {"unknown", "other"},
}};

const char* class_of_status(int status) {
    if (status == 401 || status == 403 || status == 421) return "auth";
    if (status == 402) return "balance";
    if (status == 429) return "throttled";
    if (status == 408 || status == 425 || (status >= 500 && status != 501)) return "provider";
    return status >= 400 ? "content" : "provider";
}

// The members of a refusal; {} when the body is something else.
const Json& refusal(const Reply& reply) {
    static const Json none;
    const Json* body = object_of(reply);
    return !body ? none : (*body)["error"].is_object() ? (*body)["error"] : *body;
}

const char* class_of(const Json& error, int status) {
    const std::string name = word(error, "name"), code = word(error, "code");
    if (code == "E01004") return "provider";
    if (code == "E01005") return "plugin";
    for (const Row& row : names)
        if (name.rfind(row.word, 0) == 0) return row.cls;
    std::string type = word(error, "type");
    if (const std::size_t end = type.rfind("_error"); end != type.npos && end + 6 == type.size())
        type.resize(end);
    for (const Row& row : types)
        if (row.word == type) return row.cls;
    return class_of_status(status);
}

}  // namespace

Error call_error(const Reply& reply) {
    const Json& said = refusal(reply);
    Error error{class_of(said, reply.status()), word(said, "code"), shortened(word(said, "message"))};
    if (const std::string name = word(said, "name"); !name.empty())
        error.text = name + (error.text.empty() ? "" : ": " + error.text);
    if (error.code.empty()) error.code = std::to_string(reply.status());
    if (error.text.empty())
        error.text = reply.ok()
                         ? "Bird's answer cannot be read"
                         : "Bird answered with HTTP " + std::to_string(reply.status()) + " and no reason";
    if (error.cls == "throttled") error.retry_after_ms = std::max(retry_after_ms(reply), std::int64_t{1000});
    return error;
}

Error message_error(const Json& error) {
    Error out{"other", word(error, "code"), shortened(word(error, "description"))};
    for (const Row& row : later)
        if (row.word == out.code) out.cls = row.cls;
    // Meta's number is the finer one: "undeliverable" may be its limit on marketing.
    if (const Json& meta = error["meta_error_code"];
        meta.is_integer() && (out.cls == "other" || waba::meaning_of(meta.integer()))) {
        out.cls = waba::map_error(meta.integer());
        out.retry_after_ms = waba::retry_after_ms(meta.integer());
    }
    if (out.text.empty()) out.text = "not delivered; Bird gives no reason";
    return out;
}

std::string explain(const Reply& reply) {
    if (reply.status() == 0) return unreachable("Bird", reply);
    const Error error = call_error(reply);
    if (reply.status() == 421)
        return "This key belongs to another region than its beginning says: copy it again from Bird.";
    if (reply.status() == 403)
        return "The key works but lacks a permission: give it the messaging permissions in Bird under API "
               "keys.";
    if (error.cls == "auth")
        return "Bird does not accept the key: make a new one under API keys and copy it completely. A key of "
               "dashboard.messagebird.com or app.bird.com belongs to another kind of account.";
    if (error.cls == "balance") return "The Bird workspace has no balance: top it up.";
    if (error.cls == "throttled") return "Bird takes no more calls at the moment: try again in a minute.";
    if (error.cls == "provider") return "Bird has a fault of its own: try again later. " + error.text;
    return "Bird refused the call: " + error.text;
}

bool worth_repeating(const Reply& reply) {
    if (reply.ok()) return !object_of(reply);
    return reply.status() < 400 || call_error(reply).cls == "provider";
}

}  // namespace messagebird::platform
