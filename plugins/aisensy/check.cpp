#include "check.hpp"

#include <algorithm>
#include <cstdlib>
#include <string>
#include <utility>

#include "answer.hpp"
#include "campaign.hpp"
#include "dakiya/phone.hpp"
#include "dakiya/verdict.hpp"
#include "dakiya/waba.hpp"

namespace aisensy {

using dakiya::Fault;
using dakiya::Http;
using dakiya::Json;
using dakiya::Next;
using dakiya::Turn;
using dakiya::verdict;
using dakiya::waba::lower;

namespace {

constexpr std::size_t most_campaigns = 10;    // an operation has 16 turns
constexpr const char* any_campaign = "test";  // as AiSensy's own n8n node tests a key

Http ask_project(const Account& account) { return account.project_get(""); }

const Json& project_of(const Json& body) { return body["project"].is_object() ? body["project"] : body; }

// ---- the number of the project

void add_sender(Next& next, const Json& project) {
    const std::string number = dakiya::phone_of(project["wa_number"].scalar());
    if (number.empty()) return;
    Json sender{{"id", number}};
    if (const std::string name = project["name"].scalar(); !name.empty()) sender.set("name", name);
    if (const std::string quality = lower(project["wa_quality_rating"].scalar()); !quality.empty())
        sender.set("quality", quality);
    if (const std::string tier = project["wa_messaging_tier"].scalar(); !tier.empty())
        sender.set("limit", tier);
    if (const std::string status = lower(project["status"].scalar()); !status.empty())
        sender.set("status", status);
    next.record("sender", sender);
}

// "credit" is the amount times 100,000: 12345678 → "123.45678".
std::string credit_of(const Json& project) {
    constexpr std::size_t decimals = 5;
    if (!project["credit"].is_integer())
        throw Fault(DK_BAD_REPLY, "AiSensy told no balance for this project");
    std::string digits = std::to_string(project["credit"].integer());
    const bool negative = digits[0] == '-';
    if (negative) digits.erase(0, 1);
    if (digits.size() <= decimals) digits.insert(0, decimals + 1 - digits.size(), '0');
    digits.insert(digits.size() - decimals, 1, '.');
    return negative ? '-' + digits : digits;
}

// ---- check

Next after_campaign(const Account& account, std::size_t index) {
    if (index < std::min(account.campaigns.size(), most_campaigns))
        return ask_campaign(account, account.campaigns[index]).then("campaign", std::to_string(index));
    if (account.has_project()) return ask_project(account).then("project");
    return verdict(
        true, account.campaigns.empty()
                  ? "AiSensy accepts the connection code. To send, enter the names of live API campaigns."
                  : "AiSensy accepts the connection code, and the campaigns are there. Reports come "
                    "only through a webhook, which AiSensy has for projects.");
}

// Without campaigns one is asked for that need not exist: "does not exist" is then the answer to a good key.
Next read_campaign_check(const Account& account, const Turn& turn) {
    const Answer answer = read_answer(account, Api::campaign, *turn.reply());
    if (turn.step() == "key") {
        const bool key_is_good = answer.kind == Answer::Kind::done ||
                                 (answer.kind == Answer::Kind::refused && answer.error.cls == "template");
        return key_is_good ? after_campaign(account, 0) : verdict(false, explain(Api::campaign, answer));
    }
    const auto index = static_cast<std::size_t>(std::strtoul(std::string(turn.memo()).c_str(), nullptr, 10));
    if (answer.kind == Answer::Kind::done && is_success(answer.body))
        return after_campaign(account, index + 1);
    if (answer.kind == Answer::Kind::refused && answer.error.cls == "template" &&
        index < account.campaigns.size())
        return verdict(
            false, "The campaign \"" + account.campaigns[index] + "\" cannot be used: " + answer.error.text +
                       " Its name must be written exactly as in AiSensy, and its state must be Live.");
    return verdict(false, explain(Api::campaign, answer));
}

Next read_project_check(const Account& account, const Turn& turn) {
    const Answer answer = read_answer(account, Api::project, *turn.reply());
    if (answer.kind != Answer::Kind::done) return verdict(false, explain(Api::project, answer));
    const Json& project = project_of(answer.body);
    const std::string status = lower(project["status"].scalar());
    if (!status.empty() && status != "active")
        return verdict(false, "AiSensy accepts both codes, but the project is " + status +
                                  ": see the AiSensy dashboard.");
    std::string text = "AiSensy accepts both codes, and the project is active.";
    if (project["sandbox"] == Json(true))
        text += " It is a trial: only numbers that are registered there receive anything.";
    Next next = verdict(true, std::move(text));
    add_sender(next, project);
    return next;
}

}  // namespace

Next check(const Account& account, const Turn& turn) {
    if (turn.step() == "project") return read_project_check(account, turn);
    if (turn.reply()) return read_campaign_check(account, turn);
    return account.campaigns.empty() ? Next(ask_campaign(account, any_campaign).then("key"))
                                     : after_campaign(account, 0);
}

Next list_senders(const Account& account, const Turn& turn) {
    if (!turn.reply()) return ask_project(account);
    Next next = Next::done();
    add_sender(next, project_of(require_done(account, *turn.reply())));
    return next;
}

Next read_balance(const Account& account, const Turn& turn) {
    if (!turn.reply()) return ask_project(account);
    const Json body = require_done(account, *turn.reply());
    const Json& project = project_of(body);
    Json balance{{"amount", credit_of(project)}};
    if (const std::string currency = project["billing_currency"].scalar(); !currency.empty())
        balance.set("currency", currency);
    return Next::done().record("balance", balance);
}

}  // namespace aisensy
