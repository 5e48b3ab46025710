#include "check.hpp"

#include "answer.hpp"
#include "dakiya/reply.hpp"
#include "dakiya/verdict.hpp"
#include "dakiya/waba.hpp"
#include "sms.hpp"
#include "templates.hpp"

namespace gupshup {

using dakiya::Error;
using dakiya::Fault;
using dakiya::Form;
using dakiya::Http;
using dakiya::Json;
using dakiya::Next;
using dakiya::Reply;
using dakiya::Turn;
using dakiya::verdict;

namespace {

// A list that costs nothing shows that the key and the app belong together.
Http ask_whatsapp(const Account& account) {
    if (!account.partner) return ask_templates(account).then("whatsapp");
    account.require_app();
    return account.with_token(Http::get(account.app_url("/health"))).then("whatsapp");
}

std::string missing(const Account& account) {
    if (!account.has_whatsapp()) return {};
    if (account.app_id.empty()) return "Enter the app ID: it is on the app's settings page in Gupshup.";
    if (!account.partner && (account.app_name.empty() || account.source.empty()))
        return "Enter the app name and the WhatsApp number: without them Gupshup takes messages and drops "
               "them.";
    return {};
}

Next check_whatsapp(const Account& account, const Reply& reply) {
    const Json* body = object_of(reply);
    if (!reply.ok() || !body || (*body)["status"] == Json("error"))
        return verdict(false, "WhatsApp: " + explain(reply) + ".");
    if (account.partner && (*body)["healthy"] == Json(false))
        return verdict(false,
                       "Gupshup accepts the token and reports that the app is not healthy: look into its "
                       "console.");
    if (account.has_sms()) return sms_probe(account);
    return verdict(true, "Gupshup accepts the WhatsApp account.");
}

// Refusing the number of the probe (105) shows that the account was accepted.
Next check_sms(const Account& account, const Reply& reply) {
    const auto result = sms_result(reply, "+0", 1);
    const Error error = result ? result->error : sms_error(reply);
    if (!result)
        return verdict(false, "SMS: " + error.text + ". Check this server's internet access, or try later.");
    if (error.cls == "auth")
        return verdict(false,
                       "SMS: Gupshup refuses the account ID or the API password: take both from the mail of "
                       "its on-boarding. Gupshup says: " +
                           error.text);
    if (error.cls == "throttled")
        return verdict(false, "SMS: too many calls at the moment; try again in a minute.");
    return verdict(true, account.has_whatsapp() ? "Gupshup accepts the WhatsApp and the SMS account."
                                                : "Gupshup accepts the SMS account.");
}

}  // namespace

Next check(const Account& account, const Turn& turn) {
    if (turn.reply())
        return turn.step() == "sms" ? check_sms(account, *turn.reply())
                                    : check_whatsapp(account, *turn.reply());
    if (const std::string what = missing(account); !what.empty()) return verdict(false, what);
    return account.has_whatsapp() ? ask_whatsapp(account) : sms_probe(account);
}

Next read_balance(const Account& account, const Turn& turn) {
    account.require_partner("the balance");
    if (!turn.reply())
        return account.with_token(Http::get(account.app_url("/wallet/balance"))).limit("manage");
    const Json& wallet = require_success(*turn.reply()).at("walletResponse");
    const std::string amount = wallet.at("currentBalance").scalar();
    const std::string digits = amount.substr(amount.rfind('-', 0) == 0);
    const std::size_t dot = digits.find('.');
    if (!dakiya::waba::is_digits(digits.substr(0, dot)) ||
        (dot != digits.npos && !dakiya::waba::is_digits(digits.substr(dot + 1))))
        throw Fault(DK_BAD_REPLY, "Gupshup told no balance");
    Json balance{{"amount", amount}};
    if (const std::string currency = wallet.value("currency", ""); !currency.empty())
        balance.set("currency", currency);
    return Next::done().record("balance", balance);
}

Next mark_read(const Account& account, const Turn& turn) {
    if (const Reply* reply = turn.reply()) {
        if (!reply->ok()) throw Fault(DK_BAD_REPLY, explain(*reply));  // the body of a 2xx is empty
        return Next::done().record("note", {{"text", "marked as read"}});
    }
    if (account.partner)
        throw Fault(DK_BAD_INPUT, "marking as read is not documented for Gupshup's partner API");
    account.require_app();
    const std::string id = turn.input().at("id").text();
    return account.self_serve(Http::put(account.app_url("/msg/" + dakiya::percent(id) + "/read")))
        .repeatable();
}

// Delivered and read are off unless they are named, and so are failed and billing since 2025.
Next subscribe(const Account& account, const Turn& turn) {
    if (turn.reply()) {
        require_success(*turn.reply());
        return Next::done().record("note", {{"text", "Gupshup now sends the app's events here"}});
    }
    account.require_app();
    const std::string url = turn.input().at("url").text();
    Http http = Http::post(account.app_url("/subscription"));
    http.form(Form{{"url", url},
                   {"tag", "dakiya"},
                   {"version", account.partner ? "3" : "2"},
                   {"modes", "MESSAGE,SENT,DELIVERED,READ,ENQUEUED,FAILED,TEMPLATE,ACCOUNT,OTHERS"},
                   {"doCheck", "true"}});
    return account.partner ? account.with_token(http) : account.self_serve(http);
}

}  // namespace gupshup
