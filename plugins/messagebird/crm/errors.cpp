#include <array>
#include <charconv>

#include "common.hpp"
#include "crm/message.hpp"

namespace messagebird::crm {

using namespace dakiya;

namespace {

std::int64_t number_at(const Json& object, std::string_view key) {
    const std::string text = word(object, key);
    std::int64_t value = -1;
    std::from_chars(text.data(), text.data() + text.size(), value);
    return value;
}

// The operator's own code, in failure.source.code.
const char* class_of_operator(std::int64_t code) {
    if (code == 1 || code == 5) return "recipient";               // unknown, unidentified subscriber
    if (code == 2 || code == 3 || code == 34) return "provider";  // base station, MSC, system failure
    return nullptr;
}

bool mentions(const std::string& text, std::string_view part) { return text.find(part) != text.npos; }

const char* class_of_failure(std::int64_t code, std::int64_t of_operator, const std::string& text) {
    if (code == 15001) return "provider";
    if (code == 15005) return "recipient";
    if (code >= 15000 && code < 16000) {
        const char* cls = class_of_operator(of_operator);
        return cls ? cls : "other";
    }
    if (code >= 11000 && code < 12000) return "content";
    if (code >= 12000 && code < 13000) return "provider";
    if (code >= 14000 && code < 15000)
        return mentions(text, "balance") || mentions(text, "credit") ? "balance" : "policy";
    if (const char* cls = class_of_operator(of_operator)) return cls;
    if (mentions(text, "unknown_subscriber") || mentions(text, "unknown subscriber")) return "recipient";
    return "other";
}

}  // namespace

Error message_error(const Json& message) {
    const Json& failure = message["failure"];
    const std::int64_t code = number_at(failure, "code");
    Error error{"other", word(failure, "code"), word(failure, "description")};
    if (error.text.empty()) error.text = word(message, "reason");
    error.cls = class_of_failure(code, number_at(failure["source"], "code"),
                                 waba::lower(error.text + ' ' + word(message, "reason")));
    error.text = shortened(error.text.empty() ? "not delivered; Bird gives no reason" : error.text);
    if (error.code.empty()) error.code = word(message, "status");
    return error;
}

Error call_error(const Reply& reply) {
    Error error{"content", std::to_string(reply.status()), {}};
    if (const Json* body = object_of(reply)) {
        if (const std::string code = word(*body, "code"); !code.empty()) error.code = code;
        error.text = shortened(word(*body, "message"));
        if ((*body)["details"].is_object()) {
            const std::string details = shortened((*body)["details"].dump());
            error.text += (error.text.empty() ? "" : ": ") + details;
        }
    }
    switch (reply.status()) {
        case 401:
        case 403:
            error.cls = "auth";
            break;
        case 402:
            error.cls = "balance";
            break;
        case 404:
            error.cls = "config";
            break;
        case 429: {
            error.cls = "throttled";
            error.retry_after_ms = std::max(retry_after_ms(reply), std::int64_t{1000});
            break;
        }
        default:
            if (reply.status() < 400 || reply.status() == 408 || reply.status() >= 500)
                error.cls = "provider";
    }
    if (reply.status() == 403)
        error.text = "the access key lacks permission" + (error.text.empty() ? "" : ": " + error.text);
    if (reply.status() == 404)
        error.text = "wrong workspace or channel" + (error.text.empty() ? "" : ": " + error.text);
    if (error.text.empty())
        error.text = "Bird answered with HTTP " + std::to_string(reply.status()) + " and no reason";
    return error;
}

std::string explain(const Reply& reply) {
    switch (reply.status()) {
        case 0:
            return unreachable("Bird", reply);
        case 401:
            return "Bird does not accept the access key: copy it again, or make a new one in app.bird.com "
                   "under "
                   "Settings > Access keys.";
        case 403:
            return "The access key works but lacks permission: give its role an access policy for channels "
                   "and "
                   "messages in app.bird.com under Settings > Access keys.";
        case 404:
            return "Bird does not find this workspace or channel: the workspace ID is in the dashboard's "
                   "address "
                   "after /workspaces/, the channel ID at the end of the channel page's address.";
        case 429:
            return "Bird takes no more calls at the moment: try again in a minute.";
        default:
            break;
    }
    if (reply.status() >= 500) return "Bird has a fault of its own: try again later.";
    return "Bird refused the call: " + call_error(reply).text;
}

}  // namespace messagebird::crm
