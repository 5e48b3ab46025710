#include "answer.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include "dakiya/redact.hpp"
#include "dakiya/reply.hpp"
#include "dakiya/sms.hpp"
#include "dakiya/waba/error.hpp"
#include "dakiya/waba/limits.hpp"

namespace kaleyra {

using namespace dakiya;

namespace {

constexpr std::int64_t hour_ms = 3'600'000;
constexpr std::int64_t day_ms = 24 * hour_ms;

// Codes of a call, and traces of a report. `part`: somewhere in the small letters of code and text.
struct Row {
    std::string_view part;
    const char* cls;
    std::int64_t retry_after_ms = 0;
    const char* scope = "";
};

constexpr std::array<Row, 27> rows{{
    {"rbc001", "auth"},
    {"wa401", "auth"},
    {"no-credits", "balance"},
    {"e110", "balance"},
    // The limit is of people reached in a day: others, with whom a conversation is open, may go.
    {"wav2101", "throttled", day_ms, "recipient"},
    {"daily limit", "throttled", day_ms, "recipient"},
    {"wa500", "provider"},
    {"invalid-sub", "recipient"},
    {"blacklist", "opted_out"},
    {"opt-out", "opted_out"},
    {"opted out", "opted_out"},
    {"con-dnd", "policy"},
    {"template-not-found", "template"},
    {"template details not found", "template"},
    {"notallowed", "policy"},
    {"blocked-country", "policy"},
    {"country traffic blocked", "policy"},
    {"kyc-not-approved", "policy"},
    {"missing slug", "content"},
    {"to-number", "content"},
    {"to number", "content"},
    {"wa400", "content"},
    {"whatsapp not enabled", "config"},
    {"invalid api", "auth"},
    {"invalid sender", "config"},
    {"unauthor", "auth"},
    {"insufficient", "balance"},
}};

const Row* row_of(const std::string& small) {
    for (const Row& row : rows)
        if (small.find(row.part) != small.npos) return &row;
    return nullptr;
}

// The handset was off. Only of reports: in a refusal it is the key or the template that expired.
bool handset_off(const std::string& small) {
    return small.find("expired") != small.npos || small.find("mob-off") != small.npos;
}

// E13001 and unnamed refusals are validation: the field says what it is about.
const char* class_of_field(const std::string& small) {
    if (small.find("template") != small.npos) return "template";
    for (const std::string_view who :
         {"to:", "to is ", "to field", "recipient", "mobile number", "phone number", "invalid number"})
        if (small.find(who) != small.npos) return "recipient";
    if (small.find("sender") != small.npos) return "config";
    return "content";
}

// Six digits from 130000, as Meta numbers its errors; 0 when there are none.
std::int64_t meta_code(const std::string& text) {
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t end = std::min(text.find_first_not_of("0123456789", at), text.size());
        std::int64_t code = 0;
        if (end - at == 6) std::from_chars(text.data() + at, text.data() + end, code);
        if (waba::meaning_of(code) && code >= 130'000) return code;
        at = end + 1;
    }
    return 0;
}

// "field: text; field: text" of {"field": "text"}, a list of texts, or a text.
std::string flat(const Json& error) {
    if (error.is_string()) return error.text();
    std::string out;
    const auto add = [&](const std::string& name, const Json& part) {
        const std::string text = part.is_array() || part.is_object() ? flat(part) : part.scalar();
        if (text.empty()) return;
        out += (out.empty() ? "" : "; ") + (name.empty() ? text : name + ": " + text);
    };
    if (error.is_array())
        for (const Json& part : error) add("", part);
    if (error.is_object())
        for (const auto& [name, part] : error.members()) add(name, part);
    return out;
}

Error with_class(Error error, const char* otherwise) {
    const std::string small = waba::lower(error.code + ' ' + error.text);
    error.cls = otherwise;
    if (const std::int64_t code = meta_code(error.code + ' ' + error.text)) {
        error.cls = waba::map_error(code);
        error.retry_after_ms = waba::retry_after_ms(code);
    } else if (const Row* row = row_of(small)) {
        error.cls = row->cls;
        error.retry_after_ms = row->retry_after_ms;
        error.scope = row->scope;
    } else if (const auto scrubbed = sms::scrubbed(error.text)) {
        error.cls = scrubbed->cls;
        error.code = std::to_string(scrubbed->code);
    }
    return error;
}

Refusal by_status(const Reply& reply, Error said) {
    const int status = reply.status();
    said = with_class(std::move(said), "");
    const bool fault = status == 408 || status >= 500 || (status < 400 && !reply.ok());
    if (said.cls.empty()) {
        if (status == 401 || status == 403)
            said.cls = "auth";
        else if (status == 429)
            said.cls = "throttled";
        else if (fault)
            said.cls = "provider";
        else
            said.cls = class_of_field(waba::lower(said.text));
    }
    if (status == 429) said.retry_after_ms = std::max(said.retry_after_ms, std::int64_t{1000});
    if (said.code.empty()) said.code = std::to_string(status);
    if (said.text.empty())
        said.text = "Kaleyra answered with HTTP " + std::to_string(status) + " and no reason";
    // Nothing drops a repeated message, so a fault of theirs must not be taken for a refusal.
    return {said, fault || said.cls == "provider"};
}

}  // namespace

std::optional<Refusal> refusal_of(const Reply& reply) {
    const Json* body = object_of(reply);
    if (!body && reply.ok()) return Refusal{{"provider", "", "Kaleyra's answer cannot be read"}, true};
    Error said;
    std::string told;
    if (body) {
        said.code = word(*body, "code");
        told = flat((*body)["error"]);
        const std::string message = flat((*body)["message"]);
        said.text = shortened(told.empty() ? message : told);
    }
    const bool success = said.code.empty() || said.code == "RBC103" || said.code == "WA200";
    if (reply.ok() && success && told.empty()) return std::nullopt;
    if (success) said.code.clear();
    if (body && (*body)["error"].is_object() && said.code.empty()) said.code = word((*body)["error"], "code");
    return by_status(reply, std::move(said));
}

std::string explain(const Reply& reply) {
    if (reply.status() == 0) return unreachable("Kaleyra", reply, "the data region");
    const auto refusal = refusal_of(reply);
    if (!refusal) return "Kaleyra accepted the call.";
    const Error& error = refusal->error;
    if (error.cls == "auth")
        return "Kaleyra refuses the account: check the Account ID (SID), the connection code and the data "
               "region, and that "
               "this server's outgoing address is allowed under Settings > Security. Kaleyra says: " +
               error.text;
    if (error.cls == "balance") return "The Kaleyra account has no balance: top it up.";
    if (error.cls == "throttled") return "Kaleyra takes no more calls at the moment: try again later.";
    if (error.cls == "provider") return "Kaleyra has a fault of its own: try again later. " + error.text;
    return "Kaleyra refused the call: " + error.text;
}

const Json& require_ok(const Reply& reply) {
    if (refusal_of(reply)) throw Fault(DK_BAD_REPLY, explain(reply));
    return reply.json();
}

Error failure_of(const std::string& status, const std::string& trace) {
    Error error = with_class({"", "", shortened(trace)}, "other");
    if (error.cls == "other" && handset_off(waba::lower(trace.empty() ? status : trace))) {
        error.cls = "provider";
        error.retry_after_ms = 4 * hour_ms;  // later it may be on
    }
    if (error.code.empty()) {
        const std::int64_t meta = meta_code(trace);
        const bool one_word = !trace.empty() && trace.size() <= 40 && trace.find(' ') == trace.npos;
        error.code = meta > 0 ? std::to_string(meta) : one_word ? trace : status;
    }
    if (error.text.empty()) error.text = "not delivered; Kaleyra gives no reason";
    return error;
}

}  // namespace kaleyra
