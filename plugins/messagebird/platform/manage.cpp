#include "platform/manage.hpp"

#include <string>

#include "common.hpp"
#include "dakiya/waba.hpp"
#include "dakiya/waba/template_by_hand.hpp"
#include "platform/errors.hpp"
#include "platform/events.hpp"
#include "platform/send.hpp"

namespace messagebird::platform {

using namespace dakiya;

namespace {

// ---- check

Next good(const Account& account, const std::string& name) {
    if (account.from_sms.empty() && account.from_whatsapp.empty())
        return verdict(
            false, "The key works, but there is no sender: fill in the SMS sender or the WhatsApp number.",
            {{"name", name}});
    if (account.webhook_secret.empty())
        return verdict(
            true,
            "Messages can be sent. Delivery reports and replies are refused until the automatic-updates "
            "secret is filled in.",
            {{"name", name}});
    return verdict(true, "Everything works: messages can be sent.", {{"name", name}});
}

// ---- templates

// Of an SMS template: a list of names, or of objects with a name.
Json variables_of(const Json& listed) {
    Json names = Json::array();
    if (!listed["variables"].is_array()) return names;
    for (const Json& variable : listed["variables"]) {
        std::string name = variable.is_string() ? variable.text() : word(variable, "name");
        if (name.empty()) name = word(variable, "key");
        if (!name.empty()) names.push_back(std::move(name));
    }
    return names;
}

Json sms_template(const Json& listed) {
    const std::string status = word(listed, "status"), language = word(listed, "language");
    const bool usable =
        status.empty() || status == "active" || status == "live";  // not everything needs approval
    Json record{{"name", listed.at("slug").text()},
                {"language", language.empty() ? "und" : language},
                {"category", waba::lower(word(listed, "category"))},
                {"status", usable ? "approved" : waba::template_status(upper(status))},
                {"id", word(listed, "id")},
                {"variables", variables_of(listed)}};
    if (const std::string body = word(listed, "body"); !body.empty())
        record.set("components", Json::array({Json{{"type", "BODY"}, {"text", body}}}));
    return record;
}

// One record for each language.
void add_whatsapp_template(Next& next, const Json& listed) {
    std::vector<std::string> languages;
    if (listed["available_languages"].is_array())
        for (const Json& one : listed["available_languages"])
            if (one.is_string()) languages.push_back(one.text());
    if (languages.empty())
        languages.push_back(word(listed, word(listed, "language").empty() ? "default_language" : "language"));
    for (const std::string& language : languages)
        next.record("template", {{"name", listed.at("slug").text()},
                                 {"language", waba::template_language(language)},
                                 {"category", waba::lower(word(listed, "category"))},
                                 {"status", waba::template_status(upper(word(listed, "status")))},
                                 {"id", word(listed, "id")}});
}

// Bird shows them in the dashboard only, so whoever wrote them down vouches for them.
void add_registered(Next& next, const Account& account) {
    for (const std::string& entry : account.whatsapp_templates)
        next.record("template",
                    waba::template_by_hand(entry, "entered by hand: Bird does not tell its state"));
}

Http page_of(const Account& account, const std::string& channel, const std::string& cursor) {
    Http http = account.get("/v1/" + channel + "/templates");
    if (!cursor.empty()) http.query("starting_after", cursor);
    return http.then(channel);
}

}  // namespace

// GET /v1/workspace needs a scope of its own; the list of messages is what a messaging key may read.
Next check(const Account& account, const Turn& turn) {
    const Reply* reply = turn.reply();
    if (!reply) return account.get("/v1/workspace").then("workspace");
    if (turn.step() == "workspace" && reply->status() == 403)
        return account.get("/v1/sms/messages").query("limit", "1").then("messages");
    if (!reply->ok()) return verdict(false, explain(*reply));
    const Json* body = object_of(*reply);
    if (!body) return verdict(false, "Bird's answer cannot be read: try again later.");
    return good(account, word(*body, "name"));
}

// SMS first, then WhatsApp, whose list exists for some workspaces only: 404 means that it does not.
Next list_templates(const Account& account, const Turn& turn) {
    const Reply* reply = turn.reply();
    if (!reply) return page_of(account, "sms", {});
    const bool sms = turn.step() == "sms";
    if (!sms && reply->status() == 404) {
        Next next = Next::done();
        add_registered(next, account);
        return next;
    }
    const Json& body = require_ok(*reply, explain(*reply));
    const std::string cursor = word(body, "next_cursor");
    Next next = !cursor.empty() ? Next(page_of(account, std::string(turn.step()), cursor))
                : sms           ? Next(page_of(account, "whatsapp", {}))
                                : Next::done();
    for (const Json& listed : body.at("data")) {
        if (sms)
            next.record("template", sms_template(listed));
        else
            add_whatsapp_template(next, listed);
    }
    return next;
}

// Bird finds a message by its own id only; the others are settled by their events, which bring our reference.
Next settle(const Account& account, const Turn& turn) {
    const std::string id = turn.input().value("id", "");
    const bool sms = id.rfind("sms_", 0) == 0;
    if (!sms && id.rfind("wam_", 0) != 0) return Next::done();
    if (!turn.reply())
        return account.get(std::string(sms ? "/v1/sms" : "/v1/whatsapp") + "/messages/" + percent(id));
    if (turn.reply()->status() == 404) return Next::done();  // kept for 30 days
    const Json& message = require_ok(*turn.reply(), explain(*turn.reply()));
    const bool was_read = !word(message, "read_at").empty();  // WhatsApp has no status of that name
    const auto status = was_read ? std::optional(Status::read) : status_of(word(message, "status"));
    if (!status) return Next::done();
    Event event = Event::status(id, *status);
    event.ref(turn.input().value("ref", ""))
        .address(turn.input().value("address", ""))
        .price(price_of(message));
    event.dedupe(id + ':' + (was_read ? "read" : word(message, "status")));
    if (*status == Status::failed) {
        const Json& error = message["last_error"].is_object() ? message["last_error"] : message["error"];
        event.error(message_error(error));
    }
    return Next::done().event(event);
}

Next fetch_media(const Account& account, const Turn& turn) {
    const std::string handle = turn.input().at("handle");
    if (turn.reply()) return fetched(*turn.reply(), handle);
    if (!on_domain(handle, "bird.com"))
        throw Fault(DK_BAD_INPUT, "this is not the address of a file at Bird");
    Http http = Http::get(handle);
    return http.bearer(account.key).reply_to_blob().limit("manage");
}

}  // namespace messagebird::platform
