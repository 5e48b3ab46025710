#include "check.hpp"

#include "dakiya/verdict.hpp"
#include "dakiya/waba.hpp"

namespace meta {

using namespace dakiya;

namespace {

// What is known so far; travels in the memo from turn to turn.
struct Findings {
    std::string name, status;
    Json problems = Json::array();  // nothing works until they are solved
    Json warnings = Json::array();

    static Findings read(std::string_view memo) {
        const Json json = Json::parse(memo);
        return {json.value("name", ""), json.value("status", ""), json.at("problems"), json.at("warnings")};
    }
    std::string memo() const {
        return Json{{"name", name}, {"status", status}, {"problems", problems}, {"warnings", warnings}}
            .dump();
    }
    Next verdict() const {
        std::string text = problems.empty() ? "Everything works: messages can be sent." : "";
        for (const Json* list : {&problems, &warnings})
            for (const Json& sentence : *list) text += (text.empty() ? "" : " ") + sentence.text();
        return dakiya::verdict(problems.empty(), text, {{"name", name}, {"status", status}});
    }
};

struct Word {
    std::string_view status;
    const char* problem;
};

// https://developers.facebook.com/documentation/business-messaging/whatsapp/business-phone-numbers/phone-numbers
constexpr Word phone_problems[] = {
    {"DISCONNECTED", "The number is disconnected: register it again in WhatsApp Manager."},
    {"PENDING", "The number is not registered yet: finish its registration in WhatsApp Manager."},
    {"UNVERIFIED", "The number is not verified: enter the code in WhatsApp Manager > Phone numbers."},
    {"RESTRICTED", "Meta restricted the number: see WhatsApp Manager > Phone numbers."},
    {"RATE_LIMITED", "The number has used up its limit of conversations: wait until it is free again."},
    {"BANNED", "Meta banned the number: ask for a review in Business Support Home."},
    {"MIGRATED", "The number has moved to another account: use the IDs of that account."},
    {"DELETED", "The number was deleted from this account: choose another one."},
};

// entities[] of health_status name what blocks messages, each with Meta's own advice.
void read_health(Findings& found, const Json& health) {
    const std::string can_send = health.value("can_send_message", "");
    if (can_send != "BLOCKED" && can_send != "LIMITED") return;
    std::string text = can_send == "BLOCKED" ? "Meta blocks messages." : "Meta limits messages.";
    for (const Json& entity : health["entities"])
        for (const Json& error : entity["errors"])
            text += " " + error.value("error_description", "") + " " + error.value("possible_solution", "");
    (can_send == "BLOCKED" ? found.problems : found.warnings).push_back(text);
}

Next read_number(const Account& account, const Json& number) {
    Findings found;
    found.name = number.value("verified_name", "");
    found.status = waba::lower(number.value("status", ""));
    for (const Word& word : phone_problems)
        if (word.status == number.value("status", "")) found.problems.push_back(word.problem);
    if (number.value("status", "") == "FLAGGED" || number.value("quality_rating", "") == "RED")
        found.warnings.push_back("The number's quality is low: send less, and only to people who want it.");
    if (const std::string decision = number.value("name_status", "");
        decision == "DECLINED" || decision == "EXPIRED")
        found.problems.push_back("The display name is not approved: change it in WhatsApp Manager.");
    read_health(found, number["health_status"]);
    if (account.app_secret.empty())
        found.warnings.push_back(
            "Delivery reports and replies are refused until the app's secret is filled in.");

    Next next = account.get(account.waba_id + "/subscribed_apps")
                    .limit(account.manage_limit())
                    .then("subscriptions", found.memo());
    record_sender(next, number);
    return next;
}

// Without a subscription everything is sent and no webhook ever comes.
// https://developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/overview
void read_subscriptions(const Account& account, Findings& found, const Json& apps) {
    bool any = false, ours = account.app_id.empty();
    for (const Json& app : apps) {
        any = true;
        ours = ours || app["whatsapp_business_api_data"]["id"].scalar() == account.app_id;
    }
    if (any && ours) return;
    found.warnings.push_back(std::string(any ? "This app is not" : "No app is") +
                             " subscribed to the account, so no delivery report and no reply will come: "
                             "subscribe it in the app dashboard under WhatsApp > Configuration.");
}

void read_business(Findings& found, const Json& business) {
    if (found.name.empty()) found.name = business.value("name", "");
    const std::string review = business.value("account_review_status", "");
    if (review == "REJECTED")
        found.problems.push_back("Meta rejected the account: see Business Support Home.");
    if (review == "PENDING") found.warnings.push_back("Meta is still reviewing the account.");
    read_health(found, business["health_status"]);
}

// https://developers.facebook.com/docs/graph-api/reference/debug_token
void read_token(Findings& found, const Json& token) {
    if (const std::int64_t expires = token.value("expires_at", 0); expires > 0)
        found.warnings.push_back(
            "The connection code is a temporary one and will stop working: use one of a system user.");
    if (!token["scopes"].is_array()) return;
    for (const char* wanted : {"whatsapp_business_messaging", "whatsapp_business_management"}) {
        bool has = false;
        for (const Json& scope : token["scopes"]) has = has || scope == Json(wanted);
        if (!has)
            found.problems.push_back(std::string("The connection code lacks the permission ") + wanted +
                                     ": make a new one that has it.");
    }
}

Next ask_number(const Account& account) {
    return account.get(account.phone_number_id)
        .query("fields",
               "id,display_phone_number,verified_name,quality_rating,status,code_verification_status,"
               "name_status,throughput,health_status,whatsapp_business_manager_messaging_limit")
        .limit(account.manage_limit())
        .then("number");
}

Next ask_business(const Account& account, const Findings& found) {
    return account.get(account.waba_id)
        .query("fields", "id,name,currency,account_review_status,health_status")
        .limit(account.manage_limit())
        .then("business", found.memo());
}

}  // namespace

Next check(const Account& account, const Turn& turn) {
    const Reply* reply = turn.reply();
    if (!reply) return ask_number(account);
    if (turn.step() == "number") {
        if (reply->ok()) return read_number(account, reply->json());
        return verdict(false, account.explain(*reply));
    }

    Findings found = Findings::read(turn.memo());
    if (turn.step() == "subscriptions") {
        if (reply->ok())
            read_subscriptions(account, found, reply->json()["data"]);
        else
            found.problems.push_back("The account's ID could not be used. " + account.explain(*reply));
        return ask_business(account, found);
    }
    if (turn.step() == "business") {
        if (reply->ok())
            read_business(found, reply->json());
        else
            found.problems.push_back(account.explain(*reply));
        if (!found.problems.empty()) return found.verdict();
        return account.debug_token().limit(account.manage_limit()).then("token", found.memo());
    }
    if (reply->ok())
        read_token(found, reply->json()["data"]);  // some tokens may not ask: then nothing is said
    return found.verdict();
}

void record_sender(Next& next, const Json& number) {
    const std::string id = number.at("id").scalar();
    const std::string level = number["throughput"].value("level", "");
    Json sender{{"id", id},
                {"name", number.value("verified_name", "")},
                {"number", number.value("display_phone_number", "")},
                {"quality", waba::lower(number.value("quality_rating", ""))},
                {"throughput", waba::lower(level)},
                {"status", waba::lower(number.value("status", ""))}};
    if (const std::string limit = number.value("whatsapp_business_manager_messaging_limit", "");
        !limit.empty())
        sender.set("limit", limit);
    next.record("sender", sender);
    // https://developers.facebook.com/documentation/business-messaging/whatsapp/throughput
    if (level == "HIGH") next.limit("send:" + id, {{"per_second", 1000}});
    if (level == "STANDARD") next.limit("send:" + id, {{"per_second", 80}});
}

}  // namespace meta
