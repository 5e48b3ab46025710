#include "answer.hpp"

#include "dakiya/reply.hpp"
#include "dakiya/waba.hpp"

namespace gupshup {

using dakiya::Error;
using dakiya::Fault;
using dakiya::Json;
using dakiya::Next;
using dakiya::Reply;
namespace waba = dakiya::waba;

namespace {

struct Row {
    std::int64_t code;
    const char* cls;
    std::int64_t retry_after_ms = 0;
};

constexpr Row event_codes[] = {
    {470, "window"},      // more than 24 hours, in older hostings
    {500, "provider"},    // internal
    {1000, "content"},    // format not supported
    {1001, "config"},     // sender and app do not match, or src.name is missing
    {1002, "recipient"},  // not on WhatsApp
    {1003, "balance"},    // the wallet is low
    {1004, "config"},     // templates are disabled for the app and the person is not active
    {1005, "template"},   // did not match a template, outside the window
    {1006, "policy"},     // 1006 to 1008: opt-in, of older apps
    {1007, "policy"},
    {1008, "policy"},
    {1009, "content"},  // parameter missing
    {1010, "content"},  // the media's address
    {1011, "content"},  // media too large
    {1012, "opted_out"},
    {1013, "recipient"},          // not on WhatsApp
    {1014, "content"},            // media cannot be read
    {4001, "throttled", 60'000},  // "stop sending"
    {4002, "provider"},           // a bad answer of WhatsApp
    {4003, "template"},           // like 1005
    {4004, "content"},            // needs Cloud API hosting
    {4005, "template"},           // paused
};

constexpr std::int64_t first_of_meta = 130'000;  // Meta's own codes, passed on
constexpr std::int64_t after_too_many_ms = 1'000;

// {"status":"error","message":"…"}; the partner's message may be an object.
std::string words_in(const Json& body) {
    const Json& message = body["message"];
    if (message.is_string()) return message.text();
    return message.is_object() ? message.dump() : std::string();
}

const char* class_of(int http, const std::string& words) {
    if (words == "Invalid App Details") return "config";
    if (words == "Invalid Destination") return "recipient";
    if (waba::lower(words).find("balance") != words.npos) return "balance";
    if (http == 401 || http == 403) return "auth";
    if (http == 404) return "config";  // the wrong app, or a path that Gupshup has shut
    if (http == 429) return "throttled";
    if (http == 0 || http == 408 || http >= 500) return "provider";
    // 400, and a 2xx that is none: the same again would be refused again.
    return http == 400 || http / 100 == 2 ? "content" : "other";
}

std::string id_in(const Json& body) {
    if (const Json& messages = body["messages"]; messages.is_array() && !messages.empty())
        return messages.at(0)["id"].is_string() ? messages.at(0)["id"].text() : std::string();
    return body["messageId"].is_string() ? body["messageId"].text() : std::string();
}

}  // namespace

Error error_of(const Reply& reply) {
    const Json* body = object_of(reply);
    const int http = reply.status();
    if (body && (*body)["error"].is_object()) return waba::read_error((*body)["error"], http);
    const std::string words = body ? words_in(*body) : "";
    Error error{class_of(http, words), std::to_string(http), words};
    if (error.cls == "throttled") error.retry_after_ms = after_too_many_ms;
    if (error.text.empty())
        error.text = http == 0 ? "Gupshup could not be reached (" + std::string(reply.error()) + ")"
                               : "Gupshup answered with HTTP " + std::to_string(http) + " and no reason";
    return error;
}

Next read_answer(const Reply& reply) {
    const Json* body = object_of(reply);
    Error error = error_of(reply);
    const bool said_error = body && (*body)["status"] == Json("error");
    if (reply.ok() && body && !said_error)
        if (std::string id = id_in(*body); !id.empty()) return Next::done().sent(0, std::move(id));
    // A 2xx that names no message did not take it (the documentation of the send call); one that cannot be
    // read, an error of their server and no answer at all leave it open.
    const int http = reply.status();
    const bool open = (reply.ok() && !body) || http == 0 || http == 408 || http >= 500;
    if (open) {
        error.cls = "provider";
        return Next::done().uncertain(0, error);
    }
    if (reply.ok() && !said_error) error.text = "Gupshup named no message, so it did not take it";
    return Next::done().failed(0, error);
}

std::string explain(const Reply& reply) {
    const Error error = error_of(reply);
    if (reply.status() == 0) return unreachable("Gupshup", reply);
    if (error.cls == "auth")
        return "Gupshup refuses the key: copy the API key again from the app's settings (or a new app token "
               "from "
               "the partner portal). Gupshup says: " +
               error.text;
    if (error.cls == "config")
        return "Gupshup does not know this app with this key: compare the app ID, the app name and the "
               "console. "
               "Gupshup says: " +
               error.text;
    if (error.cls == "throttled") return "Gupshup takes no more calls at the moment: try again in a minute";
    if (error.cls == "provider") return "Gupshup has a fault of its own: try again later. " + error.text;
    return "Gupshup refused the call: " + error.text;
}

const Json& require_success(const Reply& reply) {
    const Json* body = object_of(reply);
    if (!reply.ok() || !body || (*body)["status"] == Json("error")) throw Fault(DK_BAD_REPLY, explain(reply));
    return *body;
}

Error event_error(std::int64_t code, const std::string& reason) {
    Error error{"other", std::to_string(code), reason.empty() ? "Gupshup gives no reason" : reason};
    for (const Row& row : event_codes)
        if (row.code == code) {
            error.cls = row.cls;
            error.retry_after_ms = row.retry_after_ms;
        }
    if (code >= first_of_meta) {
        error.cls = waba::map_error(code);
        error.retry_after_ms = waba::retry_after_ms(code);
        if (const waba::Meaning* known = waba::meaning_of(code)) error.scope = known->scope;
    }
    return error;
}

}  // namespace gupshup
