#include "check.hpp"

#include <algorithm>
#include <string>

#include "dakiya/media.hpp"
#include "dakiya/verdict.hpp"
#include "errors.hpp"

namespace twilio {

using namespace dakiya;

namespace {

// ---- check: account → (an API key may not read it: one message) → balance → sender group

// What is known so far; travels in the memo from turn to turn.
struct Findings {
    std::string name, status;
    std::string problem;  // nothing works until it is solved
    std::string warning;

    static Findings read(std::string_view memo) {
        const Json json = Json::parse(memo);
        return {json.at("name"), json.at("status"), json.at("problem"), json.at("warning")};
    }
    std::string memo() const {
        return Json{{"name", name}, {"status", status}, {"problem", problem}, {"warning", warning}}.dump();
    }
};

Next verdict(const Findings& found) {
    const std::string text = found.problem.empty() ? "Everything works." + found.warning : found.problem;
    return dakiya::verdict(found.problem.empty(), text, {{"name", found.name}, {"status", found.status}});
}

Next failed(const Reply& reply) { return dakiya::verdict(false, explain(reply)); }

bool has_sender(const Account& account) {
    return !account.messaging_service.empty() || !account.from_sms.empty() || !account.from_whatsapp.empty();
}

Next ask_balance(const Account& account, const Findings& found) {
    return account.manage(account.get(account.core("/Balance.json")).then("balance", found.memo()));
}

// The answer also holds the account's auth_token: only the fields named here are read, and it is not kept.
// https://www.twilio.com/docs/iam/api/account
Next read_account(const Account& account, const Json& reply) {
    Findings found;
    found.name = reply.value("friendly_name", "");
    found.status = reply.at("status").text();
    if (found.status == "suspended")
        found.problem = "Twilio suspended the account: open the Console, it says why and what to do.";
    else if (found.status != "active")
        found.problem = "The account is closed: fill in another account's number and password.";
    else if (!has_sender(account))
        found.problem =
            "The account works, but there is no sender: fill in a sender group, an SMS sender or a "
            "WhatsApp business number.";
    else if (reply.value("type", "") == "Trial")
        found.warning = " It is a trial account: it sends to verified numbers only and marks each text.";
    return found.problem.empty() ? ask_balance(account, found) : verdict(found);
}

Json balance_record(const Json& reply) {
    Json record{{"amount", reply.at("balance").scalar()}};
    if (const Json& currency = reply["currency"]; currency.is_string()) record.set("currency", currency);
    return record;
}

bool is_amount(const Json& amount) {
    const std::string text = amount.is_string() ? amount.text() : std::string();
    const std::size_t begin = text.rfind('-', 0) == 0 ? 1 : 0;
    const std::size_t point = std::min(text.find('.', begin), text.size());
    const auto digits = [&](std::size_t from, std::size_t to) {
        return from < to && text.find_first_not_of("0123456789", from) >= to;
    };
    return digits(begin, point) && (point == text.size() || digits(point + 1, text.size()));
}

// A subaccount has no balance of its own and is refused here: then nothing is said about money.
Next read_balance(const Account& account, Findings found, const Reply& reply) {
    const bool told = reply.ok() && is_amount(reply.json()["balance"]);
    if (told) {
        const std::string amount = reply.json()["balance"].text();
        if (amount[0] == '-' || amount.find_first_of("123456789") == std::string::npos)
            found.problem = "The balance is used up: add money in the Console under Billing.";
    }
    const bool more = found.problem.empty() && !account.messaging_service.empty();
    Next next =
        more
            ? Next(account.manage(account.get(account.messaging + "/v1/Services/" + account.messaging_service)
                                      .then("service", found.memo())))
            : verdict(found);
    if (told) next.record("balance", balance_record(reply.json()));
    return next;
}

Next read_service(Findings found, const Reply& reply) {
    if (reply.status() == 404)
        found.problem =
            "The sender group does not exist in this account: copy its ID (MG…) from the Console "
            "under Messaging > Services.";
    else if (!reply.ok())
        found.problem = "The sender group could not be checked. " + explain(reply);
    else
        reply.json().at("sid");  // what has none is no answer of Twilio's
    return verdict(found);
}

// ---- senders

Http ask_whatsapp_senders(const Account& account) {
    return account.manage(account.get(account.messaging + "/v2/Channels/Senders")
                              .query("Channel", "whatsapp")
                              .query("PageSize", "100")
                              .then("whatsapp"));
}

// https://www.twilio.com/docs/phone-numbers/api/incomingphonenumber-resource
Next read_numbers(const Account& account, const Json& page) {
    const std::string more = next_page(page, account.api);
    Next next = more.empty() ? Next(ask_whatsapp_senders(account))
                             : Next(account.manage(account.get(more).then("numbers")));
    for (const Json& number : page.at("incoming_phone_numbers")) {
        if (!number["capabilities"].value("sms", false)) continue;
        next.record("sender", {{"id", number.at("phone_number").text()},
                               {"name", number.value("friendly_name", "")},
                               {"channel", "sms"},
                               {"status", number.value("status", "")}});
    }
    return next;
}

// https://www.twilio.com/docs/whatsapp/api/senders
Next read_whatsapp_senders(const Account& account, const Json& page) {
    const std::string more = next_page(page, account.messaging);
    Next next = more.empty() ? Next::done() : Next(account.manage(account.get(more).then("whatsapp")));
    for (const Json& sender : page.at("senders")) {
        Json record{{"id", std::string(without_channel(sender.at("sender_id").text()))},
                    {"name", sender["profile"].value("name", "")},
                    {"channel", "whatsapp"},
                    {"status", sender.value("status", "")}};
        const Json& properties = sender["properties"];
        if (const std::string quality = properties.value("quality_rating", ""); !quality.empty())
            record.set("quality", quality);
        if (const Json& limit = properties["messaging_limit"]; limit.is_string()) record.set("limit", limit);
        next.record("sender", record);
    }
    return next;
}

}  // namespace

Next check(const Account& account, const Turn& turn) {
    const Reply* reply = turn.reply();
    if (!reply) return account.manage(account.get(account.core(".json")).then("account"));
    if (turn.step() == "account") {
        if (reply->ok()) return read_account(account, reply->json());
        const bool key_refused = account.uses_api_key && (reply->status() == 401 || reply->status() == 403);
        if (!key_refused) return failed(*reply);
        return account.manage(
            account.get(account.core("/Messages.json")).query("PageSize", "1").then("messages"));
    }
    if (turn.step() == "messages") {
        if (!reply->ok()) return failed(*reply);
        Findings found;
        if (!has_sender(account))
            found.problem =
                "The connection code works, but there is no sender: fill in a sender group, an SMS "
                "sender or a WhatsApp business number.";
        return found.problem.empty() ? ask_balance(account, found) : verdict(found);
    }
    Findings found = Findings::read(turn.memo());
    return turn.step() == "balance" ? read_balance(account, std::move(found), *reply)
                                    : read_service(std::move(found), *reply);
}

Next balance(const Account& account, const Turn& turn) {
    if (!turn.reply()) return account.manage(account.get(account.core("/Balance.json")));
    const Json& body = require_ok(*turn.reply());
    if (!is_amount(body["balance"])) throw Fault(DK_BAD_REPLY, "Twilio's answer names no balance");
    return Next::done().record("balance", balance_record(body));
}

Next senders(const Account& account, const Turn& turn) {
    if (turn.reply()) {
        const Json& page = require_ok(*turn.reply());
        return turn.step() == "numbers" ? read_numbers(account, page) : read_whatsapp_senders(account, page);
    }
    Next next = account.manage(
        account.get(account.core("/IncomingPhoneNumbers.json")).query("PageSize", "1000").then("numbers"));
    if (!account.messaging_service.empty())
        next.record("sender", {{"id", account.messaging_service}, {"name", "Sender group"}});
    return next;
}

// The API answers with a redirect to storage, which must not see our credentials.
// https://www.twilio.com/docs/messaging/api/media-resource
Next fetch_media(const Account& account, const Turn& turn) {
    const std::string handle = turn.input().at("handle");
    const Reply* reply = turn.reply();
    if (!reply) {
        if (handle.rfind(account.api + '/', 0) != 0 && handle.rfind("https://api.twilio.com/", 0) != 0)
            throw Fault(DK_BAD_INPUT, "this is not the address of a file at Twilio");
        return account.manage(account.get(handle).reply_to_blob().then("asked"));
    }
    if (turn.step() == "asked" && reply->status() >= 301 && reply->status() <= 308) {
        const std::string storage = reply->header("location");
        if (storage.rfind("https://", 0) != 0)
            throw Fault(DK_BAD_REPLY, "Twilio redirects to no address where the file could be");
        return Http::get(storage).reply_to_blob().limit("manage:" + account.sid).then("stored");
    }
    if (!reply->ok()) throw Fault(DK_BAD_REPLY, explain(*reply));
    return dakiya::fetched(handle, *reply, reply->header("content-type"));
}

}  // namespace twilio
