#include "check.hpp"

#include "answer.hpp"
#include "dakiya/verdict.hpp"
#include "dakiya/waba/limits.hpp"
#include "events.hpp"

namespace kaleyra {

using namespace dakiya;

namespace {

Http ask_status(const Account& account, const std::string& id) {
    Http http = account.get(account.v1(account.only_sms_calls() ? "/sms/status" : "/messages/status"));
    return http.query("message_ids", id);
}

// Anything but a refusal of the account shows that the account is right: no call is made for that alone.
bool is_refused(const Reply& reply) {
    if (reply.status() == 0) return true;
    const auto refusal = refusal_of(reply);
    if (!refusal) return false;
    for (const char* of_account : {"auth", "balance", "policy", "throttled"})
        if (refusal->error.cls == of_account) return true;
    return refusal->unclear;
}

Next good(const Account& account) {
    if (account.sender.empty() && account.number.empty())
        return verdict(false,
                       "The connection code works, but there is no sender: fill in the SMS sender name or "
                       "the WhatsApp number.");
    if (!account.number.empty() && account.whatsapp_v2() && account.waba_id.empty())
        return verdict(
            true, "Messages can be sent. To read the WhatsApp templates, fill in the WhatsApp account ID.");
    return verdict(true, "Everything works: messages can be sent.");
}

}  // namespace

// The status of a message that does not exist is free; for WhatsApp V2 the account's numbers.
Next check(const Account& account, const Turn& turn) {
    const Reply* reply = turn.reply();
    if (!reply) return ask_status(account, "00000000-0000-0000-0000-000000000000:1").then("account");
    if (is_refused(*reply)) return verdict(false, explain(*reply));
    const bool more = turn.step() == "account" && !account.number.empty() && account.whatsapp_v2();
    if (more) return account.get(account.v2("/whatsapp")).then("whatsapp");
    return good(account);
}

// SMS only, and by Kaleyra's id only; what has none is settled by its callback.
Next settle(const Account& account, const Turn& turn) {
    const Json& in = turn.input();
    const std::string id = in.value("id", "");
    if (id.empty() || in.value("channel", "sms") != "sms") return Next::done();
    if (!turn.reply()) return ask_status(account, id);
    if (turn.reply()->status() == 404) return Next::done();
    const Json& data = require_ok(*turn.reply()).at("data");
    for (const Json& one : data) {
        const std::string theirs = word(one, "status");
        const auto status = status_of(theirs);
        std::string named = word(one, "campaign_id");
        if (named.empty()) named = word(one, "message_id");
        if (!status || named != id) continue;
        Event event = Event::status(id, *status);
        event.ref(in.at("ref").text())
            .address(in.at("address").text())
            .dedupe(id + ':' + waba::lower(theirs));
        if (*status == Status::failed) event.error(failure_of(theirs, word(one, "status_details")));
        return Next::done().event(event);
    }
    return Next::done();
}

}  // namespace kaleyra
