#include "account.hpp"

#include <cstdlib>

#include "dakiya/phone.hpp"
#include "dakiya/redact.hpp"
#include "dakiya/reply.hpp"
#include "dakiya/waba.hpp"
#include "dakiya/wording.hpp"

namespace sleekflow {

using namespace dakiya;

namespace {

// What a refusal is about, by a word of its text in small letters; the first row that fits counts. The texts
// are not published, so they are kept here only.
constexpr Wording refusals[] = {
    {"credit", "balance"},      {"template", "template"}, {"phone", "recipient"},
    {"recipient", "recipient"}, {"channel", "config"},
};

const char* class_of(int status, const std::string& text) {
    if (status == 401 || status == 403) return "auth";
    if (status == 404 || (status >= 300 && status < 400)) return "config";
    if (status == 429) {  // the calls of a month are counted, too
        const std::string small = waba::lower(text);
        return small.find("quota") != small.npos || small.find("month") != small.npos ? "quota" : "throttled";
    }
    if (status >= 500 || status == 408) return "provider";
    return class_of_words(text);
}

std::string words_of(const Json& body) {
    for (const char* field : {"message", "error", "title"})
        if (const Json& text = body[field]; text.is_string() && !text.text().empty()) return text.text();
    return {};
}

std::string advice(int status) {
    if (status == 401 || status == 403)
        return "SleekFlow does not accept the connection code here: it must be the Platform API key of an "
               "Admin, "
               "with the plan Premium or Enterprise, and of this server region.";
    if (status == 404) return "SleekFlow does not know what was asked for: check the server region.";
    if (status == 429)
        return "SleekFlow takes no more calls: try again later, and look at the calls of this "
               "month under Plans & Billing.";
    if (status >= 500) return "SleekFlow has a problem of its own: try again later.";
    return "SleekFlow did not do what was asked.";
}

}  // namespace

Account::Account(const Settings& s)
    : number(digits_of(s.text("channel_number", ""))),
      host(s.text("server", regions.front().host)),
      webhook_secret(s.text("webhook_secret", "")),
      key_(s.text("api_key")) {
    if (key_.empty()) throw Fault(DK_BAD_INPUT, "the connection code is empty");
}

Http Account::authorised(Http http) const {
    http.secret_header("x-sleekflow-api-key", key_);
    return http;
}

Http Account::get_at(std::string_view region, const std::string& path) const {
    return authorised(Http::get("https://" + std::string(region) + path));
}

Http Account::post(const std::string& path) const { return authorised(Http::post("https://" + host + path)); }

Error Account::error(const Reply& reply) const {
    if (reply.status() == 0) return {"provider", std::string(reply.error()), "SleekFlow did not answer"};
    Error error;
    error.code = std::to_string(reply.status());
    error.text = without_secret(words_of(body_of(reply)), key_);
    error.cls = class_of(reply.status(), error.text);
    if (error.cls == "throttled") error.retry_after_ms = retry_after_ms(reply);
    if (error.text.empty()) error.text = "SleekFlow answered HTTP " + error.code + " without a reason";
    return error;
}

std::string Account::explain(const Reply& reply) const {
    if (reply.status() == 0) return unreachable("SleekFlow", reply);
    return advice(reply.status()) + " SleekFlow says: " + error(reply).text;
}

const char* class_of_words(const std::string& text) { return class_by_words(refusals, text, "content"); }

}  // namespace sleekflow
