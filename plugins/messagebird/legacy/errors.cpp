#include "legacy/errors.hpp"

#include <algorithm>
#include <charconv>

#include "common.hpp"
#include "dakiya/waba/error.hpp"

namespace messagebird::legacy {

using namespace dakiya;

namespace {

std::int64_t number(const std::string& text) {
    std::int64_t value = -1;
    std::from_chars(text.data(), text.data() + text.size(), value);
    return value;
}

const char* class_of_code(std::int64_t code, const std::string& parameter) {
    const bool about_who = parameter.rfind("recipient", 0) == 0 || parameter == "to" || parameter == "msisdn";
    switch (code) {
        case 2:
        case 1001:
            return "auth";
        case 9:
        case 10:
            if (about_who) return "recipient";
            return parameter == "originator" || parameter == "from" ? "config" : "content";
        case 20:
        case 21:
            return "content";
        case 25:
            return "balance";
        case 98:
        case 99:
            return "provider";
        default:
            return nullptr;
    }
}

const char* class_of_status(int status) {
    if (status == 401 || status == 403) return "auth";
    if (status == 402) return "balance";
    if (status == 429) return "throttled";
    return status < 400 || status == 408 || status >= 500 ? "provider" : "content";
}

}  // namespace

Error call_error(const Reply& reply) {
    Error error{class_of_status(reply.status()), std::to_string(reply.status()), {}};
    const Json* body = object_of(reply);
    if (body && (*body)["errors"].is_array() && !(*body)["errors"].empty()) {
        const Json& first = (*body)["errors"].at(0);
        const std::string code = word(first, "code"), parameter = word(first, "parameter");
        error.text = word(first, "description");
        if (error.text.empty()) error.text = word(first, "message");
        if (!parameter.empty()) error.text += " (" + parameter + ")";
        if (!code.empty()) error.code = code;
        if (const char* cls = class_of_code(number(code), parameter); cls && reply.status() != 429)
            error.cls = cls;
    }
    if (error.text.empty())
        error.text = "MessageBird answered with HTTP " + std::to_string(reply.status()) + " and no reason";
    error.text = shortened(error.text);
    if (error.cls == "throttled") error.retry_after_ms = std::max(retry_after_ms(reply), std::int64_t{1000});
    return error;
}

std::string explain(const Reply& reply) {
    if (reply.status() == 0) return unreachable("Bird", reply);
    const Error error = call_error(reply);
    if (error.cls == "auth")
        return "MessageBird does not accept the access key: copy a live key from dashboard.messagebird.com "
               "under "
               "Developers > API access. A key of app.bird.com belongs to another kind of account.";
    if (error.cls == "balance") return "The MessageBird account has no balance: top it up.";
    if (error.cls == "throttled")
        return "MessageBird takes no more calls at the moment: try again in a minute.";
    if (error.cls == "provider") return "MessageBird has a fault of its own: try again later. " + error.text;
    return "MessageBird refused the call: " + error.text;
}

// https://developers.messagebird.com/api/sms-messaging/#sms-errors
Error sms_error(const std::string& status, const std::string& code, const std::string& reason) {
    Error error{"other", code.empty() || code == "0" ? status : code, shortened(reason)};
    switch (number(code)) {
        case 1:  // unknown subscriber
        case 5:  // unidentified subscriber
            error.cls = "recipient";
            break;
        case 2:   // unknown base station
        case 3:   // unknown MSC
        case 34:  // system failure
            error.cls = "provider";
            break;
        default:
            break;
    }
    if (error.text.empty()) error.text = "not delivered; MessageBird gives no reason";
    return error;
}

Error whatsapp_error(const std::string& status, const Json& error) {
    Error out{"other", word(error, "code"), shortened(word(error, "description"))};
    const std::int64_t code = number(out.code);
    if (code == 470)  // WhatsApp's older number for 131047
        out.cls = "window";
    else if (code == 1013)  // … and for 131026
        out.cls = "recipient";
    else if (waba::meaning_of(code))
        out.cls = waba::map_error(code);
    if (out.code.empty()) out.code = status;
    if (out.text.empty()) out.text = "not delivered; MessageBird gives no reason";
    return out;
}

}  // namespace messagebird::legacy
