#include "account.hpp"

#include <algorithm>
#include <cstdlib>

#include "dakiya/redact.hpp"
#include "dakiya/reply.hpp"
#include "dakiya/waba.hpp"
#include "dakiya/waba/cloud_api.hpp"

namespace dialog360 {

using namespace dakiya;

namespace {

// 360dialog's own refusals: HTTP status, a part of the text in small letters, what it means. The first row
// that fits counts. Texts may change; they are kept here only.
struct Refusal {
    int status;
    std::string_view word;
    const char* cls;
    std::int64_t retry_after_ms;
};

constexpr Refusal refusals[] = {
    {400, "disabled", "auth", 0},
    {400, "payment", "balance", 0},
    {400, "fund", "balance", 0},
    {400, "balance", "balance", 0},
    {400, "limit", "throttled", 1000},
    {401, "", "auth", 0},
    {403, "", "auth", 0},
    {404, "", "content", 0},
    {429, "", "throttled", 1000},
    {503, "concurren", "throttled", 1000},
    {503, "too many", "throttled", 1000},
};

const Refusal* refusal_of(int status, const std::string& text) {
    const std::string small = waba::lower(text);
    for (const Refusal& row : refusals)
        if (row.status == status && small.find(row.word) != small.npos) return &row;
    return nullptr;
}

// Bodies are not uniform: {"detail"}, {"message"}, {"meta":{"developer_message"}}, {"errors":[{"details"}]}
// or plain text.
std::string words_of(const Reply& reply, const Json& body) {
    const Json& first = body["errors"].is_array() && !body["errors"].empty() ? body["errors"].at(0) : body;
    for (const Json* text : {&body["detail"], &body["message"], &body["meta"]["developer_message"],
                             &first["details"], &first["title"], &body["error"]})
        if (text->is_string() && !text->text().empty()) return text->text();
    return body.is_null() ? plain_words(reply) : std::string();
}

bool is_meta_error(const Json& body) { return body["error"]["code"].is_integer(); }

struct Advice {
    std::string_view cls;
    const char* text;
};

constexpr Advice advices[] = {
    {"auth",
     "360dialog does not accept the connection code or does not let it do this: generate a new API key for "
     "this number in the Hub, paste it here, and set the webhook again."},
    {"balance", "360dialog or Meta has a problem with the payment: top up or check it in the Hub."},
    {"config", "Meta does not let this number or account work: look at it in the Hub."},
    {"quota", "Meta has restricted this number: wait, and look at its quality in the Hub."},
    {"throttled", "360dialog has had too many calls: try again later."},
    {"provider", "360dialog or Meta has a problem of its own: try again later."},
    {"template", "Meta does not take this template: correct what it names."},
    {"content", "360dialog does not know what was asked for."},
};

}  // namespace

Account::Account(const Settings& s)
    : number(s.text("phone_number", "")),
      webhook_secret(s.text("webhook_secret", "")),
      sandbox(s.text("server", "") == "waba-sandbox.360dialog.io"),
      marketing_messages(s.flag("marketing_messages")),
      api_("https://" + s.text("server", "waba-v2.360dialog.io")),
      key_(s.text("api_key")),
      partner_(s.text("partner_id", "")),
      client_(s.text("client_id", "")),
      partner_key_(s.text("partner_api_key", "")) {
    if (key_.empty()) throw Fault(DK_BAD_INPUT, "the connection code is empty");
    if (!number.empty() && number.front() == '+') number.erase(0, 1);
    if (!partner_.empty()) waba::safe_id(partner_, "the partner's ID");
    if (!client_.empty()) waba::safe_id(client_, "the client's ID");
}

Http Account::authorised(Http http) const {
    http.secret_header("d360-api-key", key_);
    return http;
}

// Without dates it tells the present state; the documents disagree about how they are called.
Http Account::partner_balance() const {
    if (partner_.empty() || client_.empty() || partner_key_.empty())
        throw Fault(DK_BAD_INPUT,
                    "360dialog tells the balance to partners only: fill in the partner's ID, the client's ID "
                    "and the partner's connection code, or look at the balance in the Hub");
    Http http = Http::get("https://hub.360dialog.io/api/v2/partners/" + partner_ + "/clients/" + client_ +
                          "/info/balance");
    http.secret_header("x-api-key", partner_key_).limit("partner");
    return http;
}

Error Account::error(const Reply& reply) const {
    if (reply.status() == 0) return {"provider", std::string(reply.error()), "360dialog did not answer"};
    const Json& body = body_of(reply);
    Error error;
    if (is_meta_error(body)) {
        error = waba::read_error(body["error"], reply.status());
    } else {
        error.code = std::to_string(reply.status());
        error.text = words_of(reply, body);
        const Refusal* known = refusal_of(reply.status(), error.text);
        error.cls = known ? known->cls : reply.status() >= 500 ? "provider" : "other";
        error.retry_after_ms = known ? known->retry_after_ms : 0;
        if (error.text.empty()) error.text = "360dialog answered HTTP " + error.code + " without a reason";
    }
    if (error.cls == "throttled")
        if (const std::int64_t told = retry_after_ms(reply); told > 0) error.retry_after_ms = told;
    error.text = without_secret(without_secret(std::move(error.text), key_), partner_key_);
    return error;
}

std::string Account::explain(const Reply& reply) const {
    if (reply.status() == 0) return unreachable("360dialog", reply);
    const Error said = error(reply);
    std::string text = "360dialog did not do what was asked.";
    for (const Advice& advice : advices)
        if (said.cls == advice.cls) text = advice.text;
    return text + " 360dialog says: " + said.text + " (" + said.code + ")";
}

bool is_refusal(const Reply& reply) {
    const Json& body = body_of(reply);
    if (is_meta_error(body)) return true;
    if (reply.status() >= 500) return refusal_of(reply.status(), words_of(reply, body)) != nullptr;
    return reply.status() >= 300 && reply.status() != 408;
}

}  // namespace dialog360
