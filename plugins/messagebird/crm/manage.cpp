#include "crm/manage.hpp"

#include <string>
#include <vector>

#include "common.hpp"
#include "crm/message.hpp"
#include "dakiya/media.hpp"
#include "dakiya/waba.hpp"

namespace messagebird::crm {

using namespace dakiya;

namespace {

// ---- check: each channel that is filled in

Next ask_channel(const Account& account, const std::string& id, const char* step) {
    return account.get("/channels/" + percent(id)).then(step);
}

Next good(const Account& account, const std::string& name) {
    return verdict(
        true,
        account.signing_key.empty()
            ? "Messages can be sent. Delivery reports and replies are refused until the automatic-updates "
              "secret is filled in."
            : "Everything works: messages can be sent.",
        {{"name", name}});
}

// ---- templates

struct Project {
    std::string name, id;
};

// "order_update=aaaaaaaa-0000-4000-8000-000000000001"
std::vector<Project> projects_of(const Account& account) {
    std::vector<Project> projects;
    for (const std::string& entry : account.template_projects) {
        const std::size_t equals = entry.find('=');
        if (equals != std::string::npos)
            projects.push_back({entry.substr(0, equals), entry.substr(equals + 1)});
    }
    return projects;
}

Http page_of(const Account& account, const std::vector<Project>& projects, std::size_t index,
             const std::string& token) {
    Http http = account.get("/projects/" + percent(projects[index].id) + "/channel-templates");
    http.query("limit", "100");
    if (!token.empty()) http.query("pageToken", token);
    return http.then("page", std::to_string(index));
}

// "draft", "pending" and words that are yet to come: not approved yet.
const char* status_of_template(const std::string& theirs) {
    if (theirs == "active" || theirs == "approved") return "approved";
    if (theirs == "rejected" || theirs == "paused" || theirs == "disabled")
        return waba::template_status(upper(theirs));
    return theirs == "inactive" || theirs == "archived" ? "disabled" : "pending";
}

void add_template(Next& next, const Project& project, const Json& listed) {
    Json names = Json::array();
    std::string body;  // Bird names the variables and keeps the text to itself
    if (listed["variables"].is_array())
        for (const Json& variable : listed["variables"])
            if (const std::string key = word(variable, "key"); !key.empty()) {
                names.push_back(key);
                body += (body.empty() ? "{{" : " {{") + key + "}}";
            }
    const Json components = Json::array({Json{{"type", "BODY"}, {"text", body}}});
    std::vector<std::string> locales;
    if (listed["platformContent"].is_array())
        for (const Json& content : listed["platformContent"])
            if (const std::string locale = word(content, "locale"); !locale.empty())
                locales.push_back(locale);
    if (locales.empty()) locales.push_back(word(listed, "defaultLocale"));
    std::sort(locales.begin(), locales.end());
    locales.erase(std::unique(locales.begin(), locales.end()), locales.end());
    for (const std::string& locale : locales)
        next.record("template", {{"name", project.name},
                                 {"language", locale},
                                 {"category", waba::lower(word(listed["platformInfo"], "category"))},
                                 {"status", status_of_template(waba::lower(word(listed, "status")))},
                                 {"id", project.id},
                                 {"quality", waba::lower(word(listed["platformInfo"], "qualityRating"))},
                                 {"components", components},
                                 {"variables", names}});
}

}  // namespace

// GET /workspaces/{ws} is often refused to keys that work, so the channels are asked instead.
Next check(const Account& account, const Turn& turn) {
    const Reply* reply = turn.reply();
    const std::string& first =
        account.whatsapp_channel.empty() ? account.sms_channel : account.whatsapp_channel;
    if (!reply) {
        if (first.empty())
            return verdict(false,
                           "There is no channel: fill in the ID of the SMS or of the WhatsApp channel.");
        return ask_channel(account, first, "first");
    }
    if (!reply->ok()) return verdict(false, explain(*reply));
    const Json* body = object_of(*reply);
    if (!body) return verdict(false, "Bird's answer cannot be read: try again later.");
    const bool both = !account.whatsapp_channel.empty() && !account.sms_channel.empty();
    if (turn.step() == "first" && both) return ask_channel(account, account.sms_channel, "second");
    return good(account, word(*body, "name"));
}

// Templates are listed below their project; the projects are named by hand.
Next list_templates(const Account& account, const Turn& turn) {
    const std::vector<Project> projects = projects_of(account);
    if (projects.empty()) return Next::done();
    const Reply* reply = turn.reply();
    if (!reply) return page_of(account, projects, 0, {});
    const std::size_t index = std::min<std::size_t>(
        std::strtoul(std::string(turn.memo()).c_str(), nullptr, 10), projects.size() - 1);
    const bool missing = reply->status() == 404;
    const std::string token =
        missing ? std::string() : word(require_ok(*reply, explain(*reply)), "nextPageToken");
    Next next = !token.empty()                ? Next(page_of(account, projects, index, token))
                : index + 1 < projects.size() ? Next(page_of(account, projects, index + 1, {}))
                                              : Next::done();
    if (missing)
        next.record("note", {{"text", "the template project \"" + projects[index].name +
                                          "\" does not exist in this workspace"}});
    else
        for (const Json& listed : reply->json().at("results")) add_template(next, projects[index], listed);
    return next;
}

// Bird lends an address of its storage, with the fields of a form, and says what the file will be called.
Next upload_media(const Account& account, const Turn& turn) {
    const Json& in = turn.input();
    const std::string mime = in.value("type", "application/octet-stream");
    const Reply* reply = turn.reply();
    if (!reply) {
        const std::string& channel =
            account.whatsapp_channel.empty() ? account.sms_channel : account.whatsapp_channel;
        if (channel.empty())
            throw Fault(DK_BAD_INPUT,
                        "fill in the ID of the WhatsApp channel: files are uploaded for a channel");
        return account.post("/channels/" + percent(channel) + "/presigned-upload")
            .json(Json{{"contentType", mime}})
            .then("lent");
    }
    if (turn.step() == "stored") {
        const int http = reply->status();
        if (!reply->ok())  // of S3: 400 for one that is too large, 503 when it is busy
            return refused({http == 0 || http >= 500 ? "provider" : "content", std::to_string(http)},
                           "Bird's storage did not take the file: HTTP " + std::to_string(http));
        return Next::done().record("media", {{"handle", std::string(turn.memo())}, {"mime", mime}});
    }
    if (!reply->ok()) return refused(call_error(*reply), explain(*reply));
    const Json& lent = require_ok(*reply, explain(*reply));
    const std::string url = lent.at("uploadUrl"), handle = lent.at("mediaUrl");
    if (url.rfind("https://", 0) != 0) throw Fault(DK_BAD_REPLY, "Bird names no address for the upload");
    Http http = word(lent, "uploadMethod") == "PUT" ? Http::put(url) : Http::post(url);
    for (const auto& [name, value] : lent.at("uploadFormData").members()) http.field(name, value.scalar());
    http.file("file", static_cast<std::uint64_t>(in.at("blob").integer()), in.value("filename", "file"),
              mime);
    return http.limit("manage").then("stored", handle);
}

Next fetch_media(const Account& account, const Turn& turn) {
    const std::string handle = turn.input().at("handle");
    if (turn.reply()) return fetched(*turn.reply(), handle);
    if (!on_domain(handle, "bird.com") && !on_domain(handle, "messagebird.com"))
        throw Fault(DK_BAD_INPUT, "this is not the address of a file at Bird");
    Http http = Http::get(handle);
    return http.secret_header("authorization", "AccessKey " + account.key).reply_to_blob().limit("manage");
}

namespace {

// One subscription for each event of each channel; what exists already is left alone.
// https://docs.bird.com/api/notifications-api/api-reference/webhook-subscriptions
Json wanted_subscriptions(const Account& account) {
    Json wanted = Json::array();
    const auto add = [&](const char* event, const std::string& channel) {
        if (!channel.empty()) wanted.push_back(Json{{"event", event}, {"channel", channel}});
    };
    for (const char* event : {"sms.outbound", "sms.inbound"}) add(event, account.sms_channel);
    for (const char* event : {"whatsapp.outbound", "whatsapp.inbound", "whatsapp.interaction"})
        add(event, account.whatsapp_channel);
    return wanted;
}

bool exists(const Json& listed, const Json& wanted, const std::string& url) {
    if (!listed.is_array()) return false;
    for (const Json& one : listed) {
        if (word(one, "event") != wanted.at("event").text() || word(one, "url") != url) continue;
        if (!one["eventFilters"].is_array()) return true;
        for (const Json& filter : one["eventFilters"])
            if (word(filter, "value") == wanted.at("channel").text()) return true;
    }
    return false;
}

Next subscribe(const Account& account, const std::string& url, Json missing) {
    if (missing.empty()) return Next::done();
    const Json wanted = missing.at(0);
    missing.items().erase(missing.items().begin());
    Http http = Http::post("https://api.bird.com/organizations/" + percent(account.organization) +
                           "/workspaces/" + percent(account.workspace) + "/webhook-subscriptions");
    http.secret_header("authorization", "AccessKey " + account.key).limit("manage").secret_body();
    http.json({{"service", "channels"},
               {"event", wanted.at("event")},
               {"url", url},
               {"signingKey", account.signing_key},
               {"eventFilters", Json::array({Json{{"key", "channelId"}, {"value", wanted.at("channel")}}})}});
    return http.then("made", Json{{"missing", std::move(missing)}, {"event", wanted.at("event")}}.dump());
}

}  // namespace

Next set_webhook(const Account& account, const Turn& turn) {
    const std::string url = turn.input().at("url");
    const Reply* reply = turn.reply();
    if (!reply) {
        if (account.organization.empty() || account.signing_key.empty())
            throw Fault(DK_BAD_INPUT,
                        "to subscribe, fill in the organisation ID and the automatic-updates secret");
        if (url.rfind("https://", 0) != 0 || url.find(':', 8) < url.find('/', 8))
            throw Fault(DK_BAD_INPUT, "Bird calls https addresses without a port only");
        return account.get("/webhook-subscriptions").query("limit", "100").then("listed");
    }
    if (!reply->ok()) throw Fault(DK_BAD_REPLY, explain(*reply));
    if (turn.step() == "listed") {
        Json missing = Json::array();
        for (const Json& wanted : wanted_subscriptions(account))
            if (!exists(reply->json()["results"], wanted, url)) missing.push_back(wanted);
        if (!missing.empty()) return subscribe(account, url, std::move(missing));
        return Next::done().record("note", {{"text", "Bird sends everything here already"}});
    }
    const Json memo = Json::parse(turn.memo());
    Next next = subscribe(account, url, memo.at("missing"));
    return next.record("note", {{"text", "Bird now sends " + memo.at("event").text() + " here"}});
}

}  // namespace messagebird::crm
