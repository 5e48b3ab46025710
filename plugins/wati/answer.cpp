#include "answer.hpp"

#include <cstdlib>
#include <initializer_list>

#include "dakiya/reply.hpp"
#include "dakiya/waba.hpp"
#include "dakiya/wording.hpp"

namespace wati {

using dakiya::Error;
using dakiya::Fault;
using dakiya::Json;
using dakiya::Reply;
using dakiya::Wording;
using dakiya::waba::lower;

namespace {

// The first that fits decides. WATI publishes no list of its texts: these are the ones that its help pages
// and clients of its API show, and what is not here keeps the class that the answer itself suggests.
constexpr Wording known[] = {
    {"ticket has been expired", "window"},  // the conversation is over: WATI's word for the 24 hours
    {"24 hour", "window"},
    {"24-hour", "window"},
    {"session expired", "window"},
    {"unsubscribed", "policy"},
    {"opted out", "policy"},
    {"opted-out", "policy"},
    {"template", "template"},
    {"custom_param", "template"},
    {"rate limit", "throttled"},
    {"limit", "quota"},  // of a trial, of a day's marketing messages, of the plan
    {"quota", "quota"},
    {"credit", "balance"},
    {"balance", "balance"},
    {"offline", "config"},  // the number is not connected
    {"not connected", "config"},
    {"channel", "config"},
    {"invalid whatsapp number", "recipient"},
    {"invalid phone", "recipient"},
    {"invalid number", "recipient"},
    {"not a valid whatsapp", "recipient"},
    {"not on whatsapp", "recipient"},
    {"undeliverable", "recipient"},
};

// The first member that is a text with something in it.
std::string first_text(const Json& body, std::initializer_list<const char*> names) {
    for (const char* name : names)
        if (const Json& text = body[name]; text.is_string() && !text.text().empty()) return text.text();
    return {};
}

std::string words_of(const Reply& reply, const Json& body) {
    if (const std::string text = first_text(body, {"message", "error", "info", "errorMessage"});
        !text.empty())
        return text;
    return body.is_null() ? plain_words(reply) : std::string();
}

// "success" in v3, "result" before; true also as a text.
bool says(const Json& body, bool wanted) {
    for (const char* name : {"success", "result"}) {
        const Json& word = body[name];
        if (word.is_bool()) return word.boolean() == wanted;
        if (word.is_string()) {
            const std::string text = lower(word.text());
            return (text == "true" || text == "success") == wanted;
        }
    }
    return false;
}

// Of a reply that is not 2xx.
Error error_of(const Reply& reply, const std::string& text) {
    const int status = reply.status();
    Error error{"provider", status == 0 ? std::string(reply.error()) : std::to_string(status), text};
    if (status == 401 || status == 403) error.cls = "auth";
    if (status == 404 || status == 405) error.cls = "config";
    if (status == 429) error.cls = "throttled", error.retry_after_ms = retry_after_ms(reply);
    if (error.cls == "provider" && status >= 400 && status < 500)
        error.cls = error_of_words(text, "content").cls;
    return error;
}

bool unknown_outcome(int status) { return status == 0 || status == 408 || status >= 500; }

}  // namespace

Error error_of_words(const std::string& text, const char* otherwise) {
    return {dakiya::class_by_words(known, text, otherwise), "", text};
}

Error failure(const std::string& code, const std::string& text) {
    if (dakiya::waba::is_digits(code) && code.size() <= 9)
        return dakiya::waba::read_error(
            {{"code", std::strtoll(code.c_str(), nullptr, 10)}, {"message", text}});
    Error error = error_of_words(text, "other");
    error.code = code;
    return error;
}

Answer read_answer(const Reply& reply) {
    Answer answer;
    answer.body = body_of(reply);
    const std::string text = words_of(reply, answer.body);
    if (!reply.ok()) {
        answer.kind = unknown_outcome(reply.status()) ? Answer::Kind::unclear : Answer::Kind::refused;
        answer.error = error_of(reply, text);
    } else if (!answer.body.is_object() && !answer.body.is_array()) {
        answer.error = {"provider", std::to_string(reply.status()), "WATI's answer cannot be read"};
    } else if (says(answer.body, false)) {
        answer.kind = Answer::Kind::refused;
        answer.error = error_of_words(text.empty() ? "WATI refused it without a reason" : text, "content");
    } else {
        answer.kind = Answer::Kind::done;
    }
    return answer;
}

std::string explain(const Answer& answer) {
    const Error& error = answer.error;
    const std::string theirs = error.text.empty() ? std::string() : " WATI says: " + error.text;
    if (error.code == "401")
        return "WATI does not accept the connection code. It may have expired: make a new one under "
               "Connectors > "
               "API Tokens and paste it here." +
               theirs;
    if (error.code == "403")
        return "The connection code may not do this. Make one with the permissions for templates, "
               "conversations "
               "and contacts; some calls also need a higher plan." +
               theirs;
    if (error.cls == "config" && (error.code == "404" || error.code == "405"))
        return "WATI does not know this address. Copy the WATI address from Connectors > API Tokens again." +
               theirs;
    if (error.cls == "throttled")
        return "WATI refuses more calls now: too many in a short time, or the plan's calls of this month are "
               "used "
               "up. Try again in a few minutes." +
               theirs;
    if (answer.kind == Answer::Kind::unclear)
        return "WATI gives no usable answer (" + error.code + "). Try again later." + theirs;
    return "WATI refuses it." + theirs;
}

Json require_done(const Reply& reply) {
    Answer answer = read_answer(reply);
    if (answer.kind != Answer::Kind::done) throw Fault(DK_BAD_REPLY, explain(answer));
    return std::move(answer.body);
}

}  // namespace wati
