#include "login.hpp"

#include "answer.hpp"
#include "dakiya/reply.hpp"
#include "dakiya/verdict.hpp"

namespace gupshup {

using dakiya::Error;
using dakiya::Form;
using dakiya::Http;
using dakiya::Json;
using dakiya::Next;
using dakiya::Reply;
using dakiya::Turn;
using dakiya::verdict;

namespace {

// An app's token of which nothing else is said: older partners saw theirs end after a day.
constexpr std::int64_t day_ms = 24LL * 3600 * 1000;

Next refused(const char* step, const Reply& reply) {
    const Error error = error_of(reply);
    std::string text = std::string(step) + ": ";
    if (error.cls == "auth")
        text +=
            "Gupshup refuses the partner login: compare the e-mail address and the client secret with the "
            "partner portal > Settings. Gupshup says: " +
            error.text;
    else
        text += explain(reply);
    // A login that fails for another reason than its secret may work a minute later.
    const bool passing = error.cls == "throttled" || error.cls == "provider";
    return verdict(false, text, {{"class", passing ? "provider" : error.cls}});
}

// Null when the answer is none of a login.
const Json& token_in(const Reply& reply) {
    static const Json none;
    return reply.ok() ? body_of(reply)["token"] : none;
}

Next take_token(const Turn& turn) {
    const Json& token = token_in(*turn.reply());
    if (!token.is_object() || !token["token"].is_string() || token["token"].text().empty())
        return refused("The app's token", *turn.reply());
    const Json& said = token["expiresOn"];
    const std::int64_t expires_at = said.is_integer() ? said.integer() : 0;
    return Next::done().record("credential",
                               {{"app_token", token["token"].text()},
                                {"expires_at", expires_at > turn.now() ? expires_at : turn.now() + day_ms}});
}

}  // namespace

Next authorize(const Account& account, const Turn& turn) {
    if (!account.logs_in()) return Next::done();
    if (!turn.reply())
        return Http::post("https://partner.gupshup.io/partner/account/login")
            .header("accept", "application/json")
            .form(Form{{"email", account.partner_email}, {"password", account.partner_secret}})
            .secret_body()
            .limit("login")
            .then("app");
    if (turn.step() == "token") return take_token(turn);
    const Json& token = token_in(*turn.reply());
    if (!token.is_string() || token.text().empty()) return refused("The partner login", *turn.reply());
    return Http::get(account.app_url("/token"))
        .secret_header("authorization", token.text())
        .header("accept", "application/json")
        .limit("manage")
        .then("token");
}

Account logged_in(const Account& account, const Turn& turn) {
    Account with = account;
    with.app_token = turn.credential().at("app_token").text();
    return with;
}

bool token_refused(const Account& account, const Turn& turn) {
    return account.logs_in() && turn.reply() && turn.step() != "sms" && error_of(*turn.reply()).cls == "auth";
}

Next ask_for_login(std::string text) { return verdict(false, std::move(text), {{"class", "auth"}}); }

}  // namespace gupshup
