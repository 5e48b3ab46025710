#include "account.hpp"

#include <algorithm>
#include <optional>

#include "dakiya/crypto.hpp"
#include "dakiya/redact.hpp"
#include "dakiya/reply.hpp"
#include "dakiya/waba.hpp"
#include "dakiya/waba/cloud_api.hpp"

namespace meta {

using namespace dakiya;

namespace {

// Minutes until the account's or the app's calls are let through again, in milliseconds; 0 when not told.
// X-Business-Use-Case-Usage: {"<id>":[{"type":…,"estimated_time_to_regain_access":7}]}
// https://developers.facebook.com/docs/graph-api/overview/rate-limiting
std::int64_t regain_access_ms(const Reply& reply) {
    const std::string header = reply.header("x-business-use-case-usage");
    if (header.empty()) return 0;
    std::int64_t minutes = 0;
    try {
        const Json usage = Json::parse(header);
        for (const auto& [id, uses] : usage.members())
            for (const Json& use : uses)
                minutes = std::max(minutes, use.value("estimated_time_to_regain_access", 0));
    } catch (const JsonError&) {
        return 0;  // the code's own wait is good enough
    }
    return std::clamp<std::int64_t>(minutes, 0, 24 * 60) * 60'000;
}

struct Advice {
    const char* cls;
    const char* text;
};

constexpr Advice advices[] = {
    {"auth",
     "The connection code does not work or lacks a permission: make a new one for a system user, with "
     "whatsapp_business_messaging and whatsapp_business_management, and paste it here."},
    {"config", "Meta does not let this number or account work: look at it in WhatsApp Manager."},
    {"balance", "Meta has a problem with the payment: check the payment method in Business settings."},
    {"quota", "Meta has restricted this number: wait, and look at its quality in WhatsApp Manager."},
    {"throttled", "Meta has had too many calls from this account: try again later."},
    {"provider", "Meta has a problem of its own: try again later."},
    {"content", "Meta did not understand the call: check the number's ID and the account's ID."},
    {"template", "Meta does not take this template: correct what it names."},
};

// An answer without Meta's words, or none at all.
Error unexplained(const Reply& reply) {
    if (reply.status() == 0) return {"provider", std::string(reply.error()), "Meta did not answer"};
    const std::string status = std::to_string(reply.status());
    const char* cls = reply.status() == 429 ? "throttled" : reply.status() >= 500 ? "provider" : "other";
    return {cls, status, "Meta answered HTTP " + status + " without a reason"};
}

}  // namespace

Account::Account(const Settings& s)
    : phone_number_id(s.text("phone_number_id")),
      waba_id(s.text("waba_id")),
      app_id(s.text("app_id", "")),
      app_secret(s.text("app_secret", "")),
      verify_token(s.text("verify_token", "")),
      marketing_messages(s.flag("marketing_messages")),
      access_token_(s.text("access_token")),
      api_("https://graph.facebook.com/" + s.text("api_version", "v25.0") + "/") {
    waba::safe_id(phone_number_id, "the number's ID");
    waba::safe_id(waba_id, "the WhatsApp account's ID");
    if (access_token_.empty()) throw Fault(DK_BAD_INPUT, "the connection code is empty");
    if (!s.flag("sign_calls")) return;
    if (app_secret.empty()) throw Fault(DK_BAD_INPUT, "to sign every call the app's secret is needed");
    // https://developers.facebook.com/docs/graph-api/guides/secure-requests
    proof_ = hmac_sha256_hex(app_secret, access_token_);
}

std::string Account::url(std::string_view path) const {
    std::string address;
    address.reserve(api_.size() + path.size());
    return address.append(api_).append(path);
}

Http Account::authorised(Http http) const {
    http.bearer(access_token_);
    if (!proof_.empty()) http.query("appsecret_proof", proof_);
    return http;
}

Http Account::download(const std::string& address) const {
    Http http = Http::get(address);
    http.bearer(access_token_);
    return http;
}

Http Account::upload(const std::string& session) const {
    Http http = Http::post(url(session));
    http.secret_header("authorization", "OAuth " + access_token_).header("file_offset", "0");
    if (!proof_.empty()) http.query("appsecret_proof", proof_);
    return http;
}

Http Account::debug_token() const {
    Http http = get("debug_token");
    http.query("input_token", access_token_);
    return http;
}

const std::string& Account::sender(const std::string& from) const {
    if (from.empty()) return phone_number_id;
    if (!waba::is_digits(from) || from.size() > 25)
        throw waba::Refused("the sender must be a phone number ID, as the list of senders shows it",
                            "config");
    return from;
}

Error Account::error(const Reply& reply) const {
    const Json& object = body_of(reply)["error"];
    if (!object.is_object()) return unexplained(reply);
    Error error = waba::read_error(object, reply.status());
    error.text = without_secret(std::move(error.text), access_token_);
    if (error.cls == "throttled")
        if (const std::int64_t wait = regain_access_ms(reply); wait > 0) error.retry_after_ms = wait;
    return error;
}

std::string Account::explain(const Reply& reply) const {
    if (reply.status() == 0) return unreachable("Meta", reply);
    const Error said = error(reply);
    std::string text = "Meta did not do what was asked.";
    for (const Advice& advice : advices)
        if (said.cls == advice.cls) text = advice.text;
    return text + " Meta says: " + said.text + " (" + said.code + ")";
}

}  // namespace meta
