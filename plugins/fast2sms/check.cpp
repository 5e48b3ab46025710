#include "check.hpp"

#include <algorithm>
#include <vector>

#include "answer.hpp"
#include "dakiya/verdict.hpp"
#include "dakiya/waba.hpp"

namespace fast2sms {

using dakiya::Fault;
using dakiya::Http;
using dakiya::Json;
using dakiya::Next;
using dakiya::Reply;
using dakiya::Turn;
using dakiya::verdict;

namespace {

Http ask_wallet(const Account& account) {
    return account.post("/wallet").json(Json::object()).then("wallet");
}

Http ask_senders(const Account& account) {
    return account.get("/dlt_manager").query("type", "sender").then("senders");
}

Http ask_numbers(const Account& account) {
    return account.get("/dlt_manager/whatsapp").query("type", "number").then("numbers");
}

bool is_amount(std::string_view text) {
    const std::size_t dot = text.find('.');
    return dakiya::waba::is_digits(text.substr(0, dot)) &&
           (dot == text.npos || dakiya::waba::is_digits(text.substr(dot + 1)));
}

// Rupees, as text or as a number. Throws Fault when it is neither.
std::string wallet_of(const Json& body) {
    const std::string amount = body.at("wallet").scalar();
    if (!is_amount(amount)) throw Fault(DK_BAD_REPLY, "Fast2SMS told no balance");
    return amount;
}

std::vector<Json> senders_in(const Json& body) {
    std::vector<Json> senders;
    for (const Json& item : body.at("data")) {
        const std::string id = item["sender_id"].scalar();
        if (id.empty()) continue;
        Json sender{{"id", id}};
        if (const std::string name = item["entity_name"].scalar(); !name.empty()) sender.set("name", name);
        senders.push_back(std::move(sender));
    }
    return senders;
}

std::vector<Json> numbers_in(const Json& body) {
    std::vector<Json> numbers;
    for (const Json& item : body.at("data")) {
        const std::string id = item["phone_number_id"].scalar();
        if (id.empty()) continue;
        Json number{{"id", id}};
        for (const auto& [theirs, ours] :
             {std::pair{"verified_name", "name"}, std::pair{"quality_rating", "quality"},
              std::pair{"connection_status", "status"}})
            if (const std::string text = item[theirs].scalar(); !text.empty())
                number.set(ours, ours == std::string_view("name") ? text : dakiya::waba::lower(text));
        numbers.push_back(std::move(number));
    }
    return numbers;
}

bool listed(const std::vector<Json>& items, const std::string& id) {
    return std::any_of(items.begin(), items.end(), [&](const Json& item) { return item["id"] == Json(id); });
}

Next all_well(const Account& account) {
    std::string text = "Fast2SMS accepts the key";
    if (account.route != "q") text += account.sender.empty() ? "" : ", the SMS sender is in DLT Manager";
    if (account.has_whatsapp()) text += ", the WhatsApp number is connected";
    return verdict(true, text + ".");
}

Next check_senders(const Account& account, const Reply& reply) {
    const std::vector<Json> senders = senders_in(reply.json());
    if (!listed(senders, account.sender))
        return verdict(false,
                       "The SMS sender " + account.sender +
                           " is not in this Fast2SMS account: see DLT Manager. Capital letters count.");
    Next next = account.has_whatsapp() ? Next(ask_numbers(account)) : all_well(account);
    for (const Json& sender : senders) next.record("sender", sender);
    return next;
}

Next check_numbers(const Account& account, const Reply& reply) {
    const std::vector<Json> numbers = numbers_in(reply.json());
    Next next = listed(numbers, account.phone_number_id)
                    ? all_well(account)
                    : verdict(false, "The WhatsApp number ID " + account.phone_number_id +
                                         " is not in this Fast2SMS account: see WhatsApp Manager.");
    for (const Json& number : numbers) next.record("sender", number);
    return next;
}

}  // namespace

Next check(const Account& account, const Turn& turn) {
    if (!turn.reply()) return ask_wallet(account);
    const Reply& reply = *turn.reply();
    if (!succeeded(reply)) return verdict(false, explain(reply));
    if (turn.step() == "senders") return check_senders(account, reply);
    if (turn.step() == "numbers") return check_numbers(account, reply);
    const std::string amount = wallet_of(reply.json());
    if (amount.find_first_not_of("0.") == std::string::npos)
        return verdict(false, "Fast2SMS accepts the key, but the wallet is empty: top it up before sending.");
    if (account.route != "q" && !account.sender.empty()) return ask_senders(account);
    return account.has_whatsapp() ? Next(ask_numbers(account)) : all_well(account);
}

Next read_balance(const Account& account, const Turn& turn) {
    if (!turn.reply()) return ask_wallet(account);
    return Next::done().record("balance",
                               {{"amount", wallet_of(require_success(*turn.reply()))}, {"currency", "INR"}});
}

Next list_senders(const Account& account, const Turn& turn) {
    if (!turn.reply()) return ask_senders(account);
    const Json& body = require_success(*turn.reply());
    const bool numbers = turn.step() == "numbers";
    Next next = !numbers && account.has_whatsapp() ? Next(ask_numbers(account)) : Next::done();
    for (const Json& sender : numbers ? numbers_in(body) : senders_in(body)) next.record("sender", sender);
    return next;
}

}  // namespace fast2sms
