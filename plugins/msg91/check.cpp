#include "check.hpp"

#include <algorithm>
#include <cstdlib>
#include <utility>

#include "answer.hpp"
#include "dakiya/text.hpp"
#include "dakiya/verdict.hpp"
#include "templates.hpp"
#include "time.hpp"

namespace msg91 {

using dakiya::Fault;
using dakiya::Http;
using dakiya::Json;
using dakiya::lower;
using dakiya::Next;
using dakiya::Reply;
using dakiya::trimmed;
using dakiya::Turn;
using dakiya::verdict;

namespace {

constexpr std::size_t most_templates = 10;  // an operation has 16 turns

Http ask_numbers(const Account& account) { return account.get("/whatsapp/whatsapp-activation/"); }

std::vector<Json> read_numbers(const Json& body) {
    std::vector<Json> senders;
    for (const Json& item : body.is_array() ? body : body.at("data")) {
        std::string number;
        for (const char* field : {"integrated_number", "number", "phone_number"})
            if (number.empty()) number = item[field].scalar();
        if (number.empty()) continue;
        Json sender{{"id", address_of(number)}};
        for (const char* field : {"verified_name", "display_name", "name"})
            if (!sender.contains("name") && item[field].is_string()) sender.set("name", item[field]);
        if (item["status"].is_string()) sender.set("status", lower(item["status"].text()));
        senders.push_back(std::move(sender));
    }
    return senders;
}

Next ask_template(const Account& account, std::size_t index) {
    Http http = ask_sms_template(account, account.sms_templates[index]);
    http.then("template", std::to_string(index));
    return http;
}

// What comes after the SMS template number `index`.
Next after_template(const Account& account, std::size_t index) {
    if (index < std::min(account.sms_templates.size(), most_templates)) return ask_template(account, index);
    if (!account.number.empty()) {
        Http http = ask_numbers(account);
        http.then("number");
        return http;
    }
    return verdict(true,
                   account.sms_templates.empty()
                       ? "MSG91 accepts the key. To send, enter SMS template IDs or the WhatsApp number."
                       : "MSG91 accepts the key, and the SMS templates are approved.");
}

Next read_template_check(const Account& account, const Turn& turn) {
    const auto index = static_cast<std::size_t>(std::strtoul(std::string(turn.memo()).c_str(), nullptr, 10));
    const std::string id =
        index < account.sms_templates.size() ? account.sms_templates[index] : std::string();
    const Reply& reply = *turn.reply();
    if (!succeeded(reply))
        return verdict(false, "SMS template " + id + " cannot be read: " + explain(reply) +
                                  ". Take the ID of 24 characters from SMS > Templates, not the DLT number.");
    const Json record = read_sms_template(id, reply.json());
    if (record["status"] != Json("approved"))
        return verdict(false, "SMS template \"" + record["name"].text() + "\" is " + record["status"].text() +
                                  ": MSG91 would accept its messages and never send them. Wait for the "
                                  "approval, or enable it in SMS > Templates.");
    return after_template(account, index + 1);
}

Next read_number_check(const Account& account, const Reply& reply) {
    if (!readable(reply)) return verdict(false, "WhatsApp cannot be used: " + explain(reply));
    const std::vector<Json> senders = read_numbers(reply.json());
    const Json ours(address_of(account.number));
    const bool known =
        std::any_of(senders.begin(), senders.end(), [&](const Json& sender) { return sender["id"] == ours; });
    Next next = known
                    ? verdict(true, "MSG91 accepts the key, and the WhatsApp number belongs to the account.")
                    : verdict(false, "The WhatsApp number " + ours.text() +
                                         " is not among the account's numbers: see WhatsApp > Numbers.");
    for (const Json& sender : senders) next.record("sender", sender);
    return next;
}

// "1234.50", as a record wants it.
bool is_amount(std::string_view text) {
    if (!text.empty() && text[0] == '-') text.remove_prefix(1);
    const std::size_t dot = text.find('.');
    const auto digits = [](std::string_view part) {
        return !part.empty() && part.find_first_not_of("0123456789") == part.npos;
    };
    return digits(text.substr(0, dot)) && (dot == text.npos || digits(text.substr(dot + 1)));
}

// The prepaid balance of WhatsApp, at the top or inside "data".
std::string prepaid(const Json& body) {
    for (const Json* place : {&body, &body["data"]})
        for (const char* field : {"prepaid_balance", "balance"})
            if (const Json& amount = (*place)[field]; !amount.is_null()) return amount.scalar();
    return {};
}

Http ask_balance(const Account& account) {
    if (account.sms_templates.empty() && account.sender.empty() && !account.number.empty()) {
        Http http = account.post("/subscriptions/fetchPrepaidBalance");
        http.json({{"integrated_number", account.number}, {"service", "whatsapp"}}).then("whatsapp");
        return http;
    }
    // Older than v5: it takes the key in the query only. Type 4 is the transactional route.
    Http http = Http::get("https://" + account.host + "/api/balance.php");
    http.query("authkey", account.key).query("type", "4").then("sms");
    return http;
}

}  // namespace

Next check(const Account& account, const Turn& turn) {
    if (!turn.reply()) {
        // A statistic of today: nothing in it matters but that the key may read it.
        const std::string today = india_day(turn.now());
        Http http = account.get("/report/analytics/p/otp");
        http.query("startDate", today).query("endDate", today).then("key");
        return http;
    }
    const Reply& reply = *turn.reply();
    if (turn.step() == "template") return read_template_check(account, turn);
    if (turn.step() == "number") return read_number_check(account, reply);
    if (!readable(reply)) return verdict(false, explain(reply));
    return after_template(account, 0);
}

Next list_senders(const Account& account, const Turn& turn) {
    Next next = Next::done();
    if (!turn.reply() && !account.number.empty()) next = ask_numbers(account);
    if (!turn.reply() && !account.sender.empty())
        next.record("sender", {{"id", account.sender}, {"name", "SMS sender name"}});
    if (turn.reply())
        for (const Json& sender : read_numbers(require_readable(*turn.reply())))
            next.record("sender", sender);
    return next;
}

Next read_balance(const Account& account, const Turn& turn) {
    if (!turn.reply()) return ask_balance(account);
    const Reply& reply = *turn.reply();
    if (turn.step() == "whatsapp") {
        const std::string amount = prepaid(require_readable(reply));
        if (!is_amount(amount)) throw Fault(DK_BAD_REPLY, "MSG91 told no WhatsApp balance");
        return Next::done().record("balance", {{"amount", amount}, {"currency", account.currency}});
    }
    const std::string_view amount = trimmed(reply.body());
    if (!reply.ok() || !is_amount(amount))
        throw Fault(DK_BAD_REPLY, reply.status() == 0
                                      ? explain(reply)
                                      : "MSG91 tells the balance only while IP security is on for the "
                                        "Authkey (Authkey > IP security); sending works without");
    return Next::done().record("balance", {{"amount", amount}});  // SMS credits, not money
}

}  // namespace msg91
