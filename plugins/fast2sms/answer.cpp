#include "answer.hpp"

#include <cstdlib>

#include "dakiya/reply.hpp"
#include "dakiya/sms.hpp"
#include "dakiya/waba.hpp"

namespace fast2sms {

using dakiya::Error;
using dakiya::Fault;
using dakiya::Json;
using dakiya::Reply;
using dakiya::shortened;

namespace {

struct Row {
    int code;
    const char* cls;
    const char* advice = "";  // what to do, for people
};

constexpr Row table[] = {
    {401, "template", "enter the SMS sender name in the connection's settings"},
    {402, "content"},
    {403, "config"},
    {404, "config"},
    {405, "recipient"},
    {406, "template", "the sender name is not in Fast2SMS under DLT Manager"},
    {407, "policy"},
    {408, "config"},
    {409, "auth", "this account may not use that route: choose another one or ask Fast2SMS to open it"},
    {410, "config"},
    {411, "recipient"},
    {412, "auth", "copy the key again from Dev API"},
    {413, "auth", "the key is disabled: enable it or make a new one under Dev API"},
    {414, "auth", "allow this server's outgoing IP address under Dev API, or remove the list there"},
    {415, "auth", "the account is disabled: write to the support of Fast2SMS"},
    {416, "balance", "top up the wallet"},
    {417, "content"},
    {424, "template", "take the message id from DLT Manager; it is not the 19-digit DLT number"},
    {425, "template"},
    {426, "template", "have the link whitelisted on the DLT portal"},
    {500, "template", "the template or the sender is blacklisted on DLT"},
    {990, "config"},
    {995, "policy"},
    {996, "auth", "complete the KYC in the panel before one-time codes can be sent by this route"},
    {997, "content"},
    {998, "config", "the one-time code route is not for several people at once"},
    {999, "balance", "Fast2SMS opens the API after a first payment of at least INR 100"},
};

// 995: several SMS to one number in a short time. Trying soon makes it worse.
constexpr std::int64_t after_spam_guard_ms = 10 * 60'000;
constexpr std::int64_t after_too_many_ms = 1'000;

const Row* row_of(int code) {
    for (const Row& row : table)
        if (row.code == code) return &row;
    return nullptr;
}

// `return` comes as true and as "true"; WhatsApp's lists say `success`, its simple calls `status`.
enum class Verdict { yes, no, silent };
Verdict verdict(const Json& body) {
    for (const char* name : {"return", "success", "status"}) {
        const Json& word = body[name];
        if (word == Json(true) || word == Json("true")) return Verdict::yes;
        if (word == Json(false) || word == Json("false")) return Verdict::no;
    }
    return Verdict::silent;
}

// A message is a text or a list of texts.
std::string words_of(const Json& message) {
    std::string text;
    if (message.is_array()) {
        for (const Json& one : message)
            if (one.is_string()) text += (text.empty() ? "" : "; ") + one.text();
    } else if (message.is_string()) {
        text = message.text();
    }
    return shortened(std::move(text));
}

int code_of(const Json& body) {
    const Json& code = body["status_code"];
    if (!code.is_integer() && !code.is_string()) return 0;
    return static_cast<int>(std::strtol(code.scalar().c_str(), nullptr, 10));
}

const char* class_of_http(int status) {
    if (status == 401 || status == 403) return "auth";
    if (status == 404) return "config";
    if (status == 429) return "throttled";
    return status == 0 || status >= 500 || status < 300 ? "provider" : "other";
}

std::string id_in(const Json& body) {
    // Meta's answer, for the calls in Meta's form; elsewhere Fast2SMS's own.
    if (const Json& messages = body["messages"]; messages.is_array() && !messages.empty())
        if (const Json& id = messages.at(0)["id"]; id.is_string()) return id.text();
    const Json& id = body["request_id"];
    return id.is_string() || id.is_integer() ? id.scalar() : std::string();
}

}  // namespace

bool succeeded(const Reply& reply) {
    const Json* body = object_of(reply);
    return reply.ok() && body && !(*body)["error"].is_object() && verdict(*body) != Verdict::no &&
           code_of(*body) < 400;
}

const Json& require_success(const Reply& reply) {
    if (!succeeded(reply)) throw Fault(DK_BAD_REPLY, explain(reply));
    return reply.json();
}

Error error_of(const Reply& reply) {
    const Json* body = object_of(reply);
    const int http = reply.status();
    if (body && (*body)["error"].is_object()) return dakiya::waba::read_error((*body)["error"], http);

    const int code = body ? code_of(*body) : 0;
    Error error{class_of_http(http), std::to_string(code ? code : http),
                body ? words_of((*body)["message"]) : ""};
    if (const Row* row = row_of(code)) error.cls = row->cls;
    if (code == 995) error.retry_after_ms = after_spam_guard_ms;
    if (error.cls == "throttled") error.retry_after_ms = after_too_many_ms;
    if (error.text.empty())
        error.text = http == 0 ? "Fast2SMS could not be reached (" + std::string(reply.error()) + ")"
                               : "Fast2SMS answered with HTTP " + std::to_string(http) + " and no reason";
    return error;
}

Answer read_answer(const Reply& reply) {
    const Json* body = object_of(reply);
    Error error = error_of(reply);
    if (body && reply.ok() && succeeded(reply)) {
        std::string id = id_in(*body);
        if (!id.empty()) return {Answer::Kind::accepted, std::move(id), {}};
        error.cls = "provider";
        error.text = "Fast2SMS accepted the message but told no id";
        return {Answer::Kind::unclear, {}, std::move(error)};
    }
    // A refusal by its own code, or by a status that says that nothing was done.
    const bool told = body && (row_of(code_of(*body)) || (*body)["error"].is_object() ||
                               (reply.ok() && verdict(*body) == Verdict::no));
    const int http = reply.status();
    const bool by_status = http >= 300 && http < 500 && http != 408;
    const bool says_both = body && verdict(*body) == Verdict::yes && !reply.ok();
    if (error.cls != "provider" && !says_both && (told || by_status))
        return {Answer::Kind::refused, {}, std::move(error)};
    if (told && reply.ok()) {  // refused in words that we do not know
        error.cls = "other";
        return {Answer::Kind::refused, {}, std::move(error)};
    }
    error.cls = "provider";
    return {Answer::Kind::unclear, {}, std::move(error)};
}

std::string explain(const Reply& reply) {
    if (reply.status() == 0) return unreachable("Fast2SMS", reply);
    const Error error = error_of(reply);
    const Row* row = row_of(std::atoi(error.code.c_str()));
    if (row && *row->advice) return "Fast2SMS says: " + error.text + ". What to do: " + row->advice;
    if (error.cls == "auth")
        return "Fast2SMS refuses the key: copy it again from Dev API. Fast2SMS says: " + error.text;
    if (error.cls == "throttled") return "Fast2SMS takes no more calls at the moment: try again in a minute";
    if (error.cls == "provider") return "Fast2SMS has a fault of its own: try again later. " + error.text;
    return "Fast2SMS refused the call: " + error.text;
}

Error sms_failure(const std::string& reason) {
    Error error{"other", "", reason.empty() ? "not delivered; Fast2SMS gives no reason" : reason};
    if (const auto found = dakiya::sms::scrubbed(reason)) {
        error.cls = found->cls;
        error.code = std::to_string(found->code);
        return error;
    }
    const std::string small = dakiya::waba::lower(reason);
    const auto has = [&](std::string_view part) { return small.find(part) != small.npos; };
    if (has("dnd") || has("ndnc") || has("blocked"))
        error.cls = "policy";
    else if (has("template") || has("header") || has("dlt"))
        error.cls = "template";
    else if (has("invalid number") || has("invalid mobile") || has("unknown subscriber") || has("not exist"))
        error.cls = "recipient";
    return error;
}

}  // namespace fast2sms
