#include "answer.hpp"

#include <cstdlib>
#include <utility>

#include "dakiya/reply.hpp"
#include "dakiya/waba.hpp"
#include "dakiya/wording.hpp"

namespace aisensy {

using dakiya::Error;
using dakiya::Fault;
using dakiya::Json;
using dakiya::Reply;
using dakiya::Wording;
using dakiya::waba::lower;

namespace {

// The first that fits decides. The first three are known from AiSensy's clients; AiSensy publishes no list,
// so the others are the words that its help pages use for the same.
constexpr Wording known[] = {
    {"campaign does not exist", "template"},
    {"template params does not match", "template"},
    {"button at index", "template"},
    {"api key", "auth"},
    {"apikey", "auth"},
    {"unauthori", "auth"},
    {"subscription", "auth"},  // the plan has ended
    {"plan", "auth"},
    {"24 hour", "window"},
    {"24-hour", "window"},
    {"template", "template"},
    {"campaign", "template"},  // not live, paused
    {"credit", "balance"},
    {"balance", "balance"},
    {"recharge", "balance"},
    {"destination", "recipient"},
    {"phone", "recipient"},
    {"mobile", "recipient"},
    {"media", "content"},
};

std::string text_in(const Json& value) {
    if (value.is_string()) return value.text();
    return value.is_object() && value["message"].is_string() ? value["message"].text() : std::string();
}

std::string words_of(const Reply& reply, const Json& body) {
    for (const char* name : {"message", "error"})
        if (std::string text = text_in(body[name]); !text.empty()) return text;
    if (body["errors"].is_array() && !body["errors"].empty())
        if (std::string text = text_in(body["errors"].at(0)); !text.empty()) return text;
    return body.is_null() ? plain_words(reply) : std::string();
}

const char* class_of_words(const std::string& text, const char* otherwise) {
    return dakiya::class_by_words(known, text, otherwise);
}

// Of a reply that is not 2xx.
Error error_of(Api api, const Reply& reply, const Json& body, const std::string& text) {
    const int status = reply.status();
    // The Project API passes Meta's error on where it has one.
    if (body["error"].is_object() && body["error"]["code"].is_integer())
        return dakiya::waba::read_error(body["error"], status);
    Error error{"provider", status == 0 ? std::string(reply.error()) : std::to_string(status), text};
    if (status == 429) error.cls = "throttled", error.retry_after_ms = retry_after_ms(reply);
    if (status == 401 || status == 403) error.cls = "auth";
    if (status == 402) error.cls = "balance";
    if (error.cls == "provider" && status >= 300 && status < 500) {
        const bool no_such_path = (status == 404 || status == 405) && api == Api::project;
        error.cls = no_such_path ? "config" : class_of_words(text, status == 404 ? "config" : "content");
    }
    return error;
}

bool unknown_outcome(int status) { return status == 0 || status == 408 || status >= 500; }

bool tells_of_failure(const Json& body) {
    const Json& success = body["success"];
    if (success.is_bool()) return !success.boolean();
    if (success.is_string()) return lower(success.text()) == "false";
    return body["error"].is_object() || body["error"].is_string();
}

}  // namespace

bool is_success(const Json& body) {
    const Json& success = body["success"];
    return success == Json(true) || (success.is_string() && lower(success.text()) == "true");
}

Answer read_answer(const Account& account, Api api, const Reply& reply) {
    Answer answer;
    answer.body = body_of(reply);
    const std::string text = account.redacted(words_of(reply, answer.body));
    if (!reply.ok()) {
        answer.kind = unknown_outcome(reply.status()) ? Answer::Kind::unclear : Answer::Kind::refused;
        answer.error = error_of(api, reply, answer.body, text);
        answer.error.text = account.redacted(answer.error.text);
    } else if (!answer.body.is_object() && !answer.body.is_array()) {
        answer.error = {"provider", std::to_string(reply.status()), "AiSensy's answer cannot be read"};
    } else if (tells_of_failure(answer.body)) {
        answer.kind = Answer::Kind::refused;
        answer.error = {class_of_words(text, "content"), "",
                        text.empty() ? "AiSensy refused it without a reason" : text};
    } else {
        answer.kind = Answer::Kind::done;
    }
    return answer;
}

std::string explain(Api api, const Answer& answer) {
    const Error& error = answer.error;
    const std::string theirs = error.text.empty() ? std::string() : " AiSensy says: " + error.text;
    if (error.cls == "auth" && api == Api::campaign)
        return "AiSensy does not accept the connection code. Copy it again from Manage > API Key, and see "
               "whether "
               "the plan is still active." +
               theirs;
    if (error.cls == "auth")
        return "AiSensy does not accept the project code, or the plan has no Project API. Copy the Project "
               "API "
               "password again, or leave it empty." +
               theirs;
    if (error.cls == "config")
        return "AiSensy does not know this project. Copy the 24 characters of the project number from the "
               "address "
               "of the dashboard." +
               theirs;
    if (error.cls == "balance")
        return "The WhatsApp credits at AiSensy are used up: recharge them in the dashboard." + theirs;
    if (error.cls == "throttled") return "AiSensy refuses more calls now. Try again in a minute." + theirs;
    if (answer.kind == Answer::Kind::unclear)
        return "AiSensy gives no usable answer (" + error.code + "). Try again later." + theirs;
    return "AiSensy refuses it." + theirs;
}

Json require_done(const Account& account, const Reply& reply) {
    Answer answer = read_answer(account, Api::project, reply);
    if (answer.kind != Answer::Kind::done) throw Fault(DK_BAD_REPLY, explain(Api::project, answer));
    return std::move(answer.body);
}

Error failure(const Json& response) {
    const std::string code = response["code"].scalar();
    std::string text = response.value("reason", "");
    if (text.empty()) text = response.value("message", "AiSensy gave no reason");
    if (dakiya::waba::is_digits(code) && code.size() <= 9)
        return dakiya::waba::read_error(
            {{"code", std::strtoll(code.c_str(), nullptr, 10)}, {"message", text}});
    return {class_of_words(text, "other"), code, text};
}

}  // namespace aisensy
