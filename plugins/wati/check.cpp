#include "check.hpp"

#include <string>
#include <utility>

#include "answer.hpp"
#include "dakiya/verdict.hpp"
#include "dakiya/waba.hpp"
#include "numbers.hpp"

namespace wati {

using dakiya::Fault;
using dakiya::Http;
using dakiya::Json;
using dakiya::Next;
using dakiya::Reply;
using dakiya::Turn;
using dakiya::verdict;
using dakiya::waba::lower;

namespace {

// The default channel is not in the list, so an empty list is normal.
Http ask_channels(const Account& account) {
    return account.get("/channels").query("page_number", "1").query("page_size", "100").then("channels");
}

bool has_channel(const Json& body, const std::string& wanted) {
    for (const Json& channel : body["channels"])
        for (const char* name : {"channel", "name", "id"})
            if (channel[name].scalar() == wanted) return true;
    return false;
}

const char* works =
    "WATI accepts the connection code. Sending works when a template is approved; reports come when this "
    "connection's webhook address is set in WATI.";

Next after_channels(const Account& account) {
    if (!account.has_older()) return verdict(true, works);
    return ask_numbers(account).then("numbers");
}

Next ask_profile(const Account& account, const Number& number) {
    return account
        .older_get("/v2/whatsapp/" + dakiya::percent(number.waba_id) + "/" + dakiya::percent(number.digits) +
                   "/profile")
        .then("profile", number.digits);
}

// The number's state is a help and no condition: the plan may not allow these calls.
Next read_numbers_check(const Account& account, const Reply& reply) {
    const Answer answer = read_answer(reply);
    if (answer.kind != Answer::Kind::done) return verdict(true, works).log(explain(answer));
    try {
        const Number number = choose_number(account, read_numbers(reply));
        if (!number.waba_id.empty() && !number.digits.empty()) return ask_profile(account, number);
    } catch (const Fault& fault) {
        return verdict(true, works).log(fault.what());
    }
    return verdict(true, works);
}

Next read_profile(const Turn& turn) {
    const Answer answer = read_answer(*turn.reply());
    const Json& body = answer.body["result"].is_object() ? answer.body["result"] : answer.body;
    if (answer.kind != Answer::Kind::done || !body.is_object()) return verdict(true, works);
    const std::string name = body["verifiedName"].scalar(), status = lower(body["status"].scalar());
    const std::string quality = lower(body["qualityRating"].scalar());
    if (status == "disconnected" || status == "banned" || status == "offline" || status == "deleted")
        return verdict(false, "WATI accepts the connection code, but WhatsApp reports the number +" +
                                  std::string(turn.memo()) + " as " + status +
                                  ": connect it again in the WATI dashboard.");
    Json sender{{"id", "+" + std::string(turn.memo())}};
    if (!name.empty()) sender.set("name", name);
    if (!status.empty()) sender.set("status", status);
    if (!quality.empty()) sender.set("quality", quality);
    return verdict(true, works).record("sender", sender);
}

}  // namespace

Next check(const Account& account, const Turn& turn) {
    if (!turn.reply())
        return account.get("/messageTemplates")
            .query("page_number", "1")
            .query("page_size", "1")
            .then("templates");
    const Reply& reply = *turn.reply();
    if (turn.step() == "numbers") return read_numbers_check(account, reply);
    if (turn.step() == "profile") return read_profile(turn);
    const Answer answer = read_answer(reply);
    if (answer.kind != Answer::Kind::done) return verdict(false, explain(answer));
    if (turn.step() == "templates")
        return account.channel.empty() ? after_channels(account) : Next(ask_channels(account));
    if (!has_channel(answer.body, account.channel))
        return verdict(false,
                       "WATI has no channel \"" + account.channel +
                           "\" beside the default number. Leave the sender number empty for the default "
                           "one, or take a name from WATI's list of channels.");
    return after_channels(account);
}

Next list_senders(const Account& account, const Turn& turn) {
    if (!turn.reply()) return ask_channels(account);
    Next next = Next::done();
    for (const Json& channel : require_done(*turn.reply()).at("channels")) {
        std::string id = channel["channel"].scalar();
        if (id.empty()) id = channel["name"].scalar();
        if (id.empty()) continue;
        Json sender{{"id", id}};
        if (const std::string name = channel["name"].scalar(); !name.empty()) sender.set("name", name);
        next.record("sender", sender);
    }
    return next;
}

// POST /{tenant}/api/v2/webhookEndpoints, for one number; status 1 is "enabled".
Next set_webhook(const Account& account, const Turn& turn) {
    if (!turn.reply()) return ask_numbers(account).then("numbers");
    if (turn.step() == "numbers") {
        const Number number = choose_number(account, read_numbers(*turn.reply()));
        const Json events =
            Json::array({"message", "newContactMessageReceived", "sessionMessageSent_v2",
                         "templateMessageSent_v2", "sentMessageDELIVERED_v2", "sentMessageREAD_v2",
                         "templateMessageFailed", "sessionMessageFailed", "templateReviewed"});
        const Json endpoint{{"phoneNumber", number.digits},
                            {"url", turn.input().at("url").text()},
                            {"status", 1},
                            {"eventTypes", events}};
        return account.older_post("/v2/webhookEndpoints").json(Json::array({endpoint})).then("set");
    }
    const Json body = require_done(*turn.reply());
    if (body["ok"] == Json(false))
        throw Fault(DK_BAD_REPLY,
                    "WATI did not take the webhook address; it may be there already: see "
                    "Connectors > Webhooks");
    return Next::done().record("note", {{"text", "WATI sends its reports to this connection now"}});
}

}  // namespace wati
