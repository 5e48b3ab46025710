#include "account.hpp"

#include <algorithm>
#include <cstdlib>
#include <iterator>

#include "dakiya/redact.hpp"
#include "dakiya/reply.hpp"
#include "dakiya/waba.hpp"
#include "dakiya/wording.hpp"

namespace interakt {

using namespace dakiya;

namespace {

// What a refusal (HTTP 400, or 200 with "result": false) says, in small letters. The first row that fits
// counts; Interakt gives no codes.
constexpr Wording refusals[] = {
    {"rate limit", "throttled"},  {"template", "template"},      {"bodyvalues", "template"},
    {"headervalues", "template"}, {"buttonvalues", "template"},  {"language", "template"},
    {"phone", "recipient"},       {"country code", "recipient"}, {"countrycode", "recipient"},
    {"24 hour", "window"},        {"re-engagement", "window"},
};

const char* class_of_words(const std::string& text) {
    if (is_about_money(text)) return "balance";
    // content: a field that is missing or wrong, so the same again would be refused again.
    return class_by_words(refusals, text, "content");
}

const char* class_of(int status, const std::string& text) {
    switch (status) {
        case 401:  // most often the key was encoded twice
        case 403:  // the plan has no API, or the account is blocked
            return "auth";
        case 404:
            return "config";
        case 429:
            return "throttled";
        default:
            break;
    }
    if (status >= 500 || status == 408) return "provider";
    if (status >= 300 && status < 400) return "config";  // another address, where the body would be lost
    return class_of_words(text);
}

std::string advice(int status) {
    if (status == 401)
        return "Interakt does not accept the connection code: paste the secret key of Settings > Developer "
               "Settings exactly as it is shown there.";
    if (status == 403)
        return "Interakt does not let this account use the interface: it needs the plan Growth, Advanced or "
               "Enterprise, and an account that is not blocked.";
    if (status == 404) return "Interakt does not know the address: check the server's name.";
    if (status == 429) return "Interakt has had too many calls in this minute: try again later.";
    if (status >= 500) return "Interakt has a problem of its own: try again later.";
    return "Interakt did not do what was asked.";
}

}  // namespace

Account::Account(const Settings& s)
    : webhook_secret(s.text("webhook_secret")),
      currency(s.text("currency", "INR")),
      api_("https://" + s.text("host", "api.interakt.ai") + "/v1/public"),
      key_(s.text("api_key")) {
    constexpr std::string_view scheme = "Basic ";
    if (key_.rfind(scheme, 0) == 0) key_.erase(0, scheme.size());
    if (key_.empty()) throw Fault(DK_BAD_INPUT, "the connection code is empty");
}

// The key is base64 already: encoding it again is the usual mistake.
Http Account::authorised(Http http) const {
    http.secret_header("authorization", "Basic " + key_);
    return http;
}

Http Account::get(std::string_view path) const { return authorised(Http::get(api_ + std::string(path))); }
Http Account::post(std::string_view path) const { return authorised(Http::post(api_ + std::string(path))); }

Error Account::error(const Reply& reply) const {
    if (reply.status() == 0) return {"provider", std::string(reply.error()), "Interakt did not answer"};
    const Json& body = body_of(reply);
    Error error;
    error.code = std::to_string(reply.status());
    if (const Json& text = body["message"]; text.is_string()) error.text = without_secret(text.text(), key_);
    error.cls = class_of(reply.status(), error.text);
    if (error.cls == "throttled") error.retry_after_ms = retry_after_ms(reply);
    if (error.text.empty()) error.text = "Interakt answered HTTP " + error.code + " without a reason";
    return error;
}

std::string Account::explain(const Reply& reply) const {
    if (reply.status() == 0) return unreachable("Interakt", reply, "the server's name in the settings");
    return advice(reply.status()) + " Interakt says: " + error(reply).text;
}

bool is_refusal(const Reply& reply) { return !reply.ok() || body_of(reply)["result"] == Json(false); }

bool is_about_money(std::string_view text) {
    const std::string small = waba::lower(std::string(text));
    const auto mentions = [&](std::string_view word) { return small.find(word) != small.npos; };
    return mentions("balance") || mentions("recharge") || mentions("wallet");
}

}  // namespace interakt
