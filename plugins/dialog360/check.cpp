#include "check.hpp"

#include <string>
#include <string_view>

#include "dakiya/verdict.hpp"
#include "dakiya/waba.hpp"

namespace dialog360 {

using namespace dakiya;

namespace {

constexpr const char* no_webhook =
    "No webhook is set for this number, so no delivery report and no reply will come: set it, and set it "
    "again "
    "after every new API key.";

// can_send_message of the whole and of each entity: AVAILABLE, LIMITED or BLOCKED, with Meta's own advice.
std::string health_problem(const Json& health) {
    const std::string word = health["can_send_message"].scalar();
    if (word != "BLOCKED" && word != "LIMITED") return {};
    std::string text = word == "BLOCKED" ? "Meta blocks messages." : "Meta limits messages.";
    for (const Json& entity : health["entities"])
        for (const Json& error : entity["errors"])
            text += " " + error.value("error_description", "") + " " + error.value("possible_solution", "");
    return text;
}

Next ask_webhook(const Account& account, std::string memo) {
    return account.get("/v1/configs/webhook").limit("manage").then("webhook", std::move(memo));
}

// Only the host is told: the rest of the address holds our secret.
std::string host_of(const std::string& url) {
    const std::size_t start = url.find("://");
    if (start == url.npos) return {};
    const std::size_t from = start + 3;
    return url.substr(from, url.find_first_of("/:?#", from) - from);
}

Next read_webhook(const Account& account, const Reply& reply, std::string_view memo) {
    const Json found = Json::parse(memo);
    const std::string word = found.value("status", ""), problem = found.value("problem", "");
    if (reply.status() == 401 || reply.status() == 403)  // in the sandbox it is the only question
        return verdict(false, account.explain(reply), {{"status", word}});
    if (account.sandbox && reply.ok() && !body_of(reply).is_object())
        return verdict(false, "360dialog's answer cannot be read: try again later.", {{"status", word}});
    const bool ok = word != "blocked";
    std::string text = ok && problem.empty() ? "Everything works: messages can be sent." : problem;
    const std::string host = reply.ok() ? host_of(body_of(reply)["url"].scalar()) : std::string();
    if (!host.empty())
        text += " Events go to " + host + ".";
    else if (reply.ok() || reply.status() == 404)
        text += std::string(" ") + no_webhook;
    else
        text += " Whether a webhook is set could not be asked. " + account.explain(reply);
    return verdict(ok, text, {{"status", word}});
}

}  // namespace

Next check(const Account& account, const Turn& turn) {
    const Reply* reply = turn.reply();
    if (turn.step() == "webhook") return read_webhook(account, *reply, turn.memo());
    const bool healthless = account.sandbox;  // the sandbox has no health_status
    if (!reply && healthless) return ask_webhook(account, Json{{"status", "sandbox"}}.dump());
    if (!reply) return account.get("/health_status").limit("manage").then("health");

    if (!reply->ok()) return verdict(false, account.explain(*reply));
    const Json& health = reply->json().at("health_status");
    return ask_webhook(account, Json{{"status", waba::lower(health.at("can_send_message"))},
                                     {"problem", health_problem(health)}}
                                    .dump());
}

}  // namespace dialog360
