#include "content.hpp"

#include <string>

#include "components.hpp"
#include "draft.hpp"
#include "errors.hpp"
#include "text.hpp"

namespace twilio {

using namespace dakiya;

namespace {

// One object, or a list of one for each channel; an empty one when it was never submitted.
const Json& whatsapp_approval(const Json& content) {
    const Json& requests = content["approval_requests"];
    if (!requests.is_array()) return requests;
    for (const Json& request : requests)
        if (request.value("type", "") == "whatsapp") return request;
    return requests.empty() ? content["no approval"] : requests.at(0);
}

// "unsubmitted", "received", "pending" and words that are yet to come: not approved yet.
const char* status_of(const std::string& word) {
    for (const char* known : {"approved", "rejected", "paused", "disabled"})
        if (word == known) return known;
    return "pending";
}

Json record_of(const Json& content) {
    const Json& approval = whatsapp_approval(content);
    const std::string word = lower(approval.value("status", "unsubmitted"));
    const Json components = components_of(content["types"]);
    Json record{{"name", content.at("friendly_name").text()},
                {"language", content.value("language", "")},
                {"category", lower(approval.value("category", ""))},
                {"status", status_of(word)},
                {"id", content.at("sid").text()},
                {"components", components},
                {"variables", variables_of(components)}};
    const std::string reason = approval.value("rejection_reason", "");
    if (!reason.empty())
        record.set("reason", reason);
    else if (word == "unsubmitted")
        record.set("reason", "not submitted to WhatsApp for approval");
    return record;
}

Json changed(const Json& in, const std::string& sid, const char* status) {
    Json record{{"name", in.at("name").text()}, {"language", in.value("language", "")}, {"status", status}};
    record.set("id", sid);
    return record;
}

// The name that WhatsApp will know the template by.
const std::string& checked_name(const std::string& name) {
    if (name.empty() || name.size() > 512 ||
        name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_") != std::string::npos)
        throw Fault(DK_BAD_INPUT, "a template's name is made of small letters, digits and \"_\"");
    return name;
}

}  // namespace

Next list_templates(const Account& account, const Turn& turn) {
    if (!turn.reply())
        return account.manage(
            account.get(account.content + "/v1/ContentAndApprovals").query("PageSize", "500"));
    const Json& page = require_ok(*turn.reply());
    const std::string more = next_page(page, account.content);
    Next next = more.empty() ? Next::done() : Next(account.manage(account.get(more)));
    for (const Json& content : page.at("contents")) next.record("template", record_of(content));
    return next;
}

Next create_template(const Account& account, const Turn& turn) {
    const Json& in = turn.input();
    const std::string category = in.value("category", "utility");
    if (!turn.reply()) {
        const Draft draft = draft_content(in.at("components"), category);
        Json body{{"friendly_name", checked_name(in.at("name").text())},
                  {"language", in.at("language").text()},
                  {"types", draft.types}};
        if (!draft.variables.empty()) body.set("variables", draft.variables);
        return account.manage(account.post(account.content + "/v1/Content").json(body).then("created"));
    }
    if (turn.step() == "created") {
        const std::string sid = require_ok(*turn.reply()).at("sid");
        if (!is_sid(sid, "HX")) throw Fault(DK_BAD_REPLY, "Twilio made a template without a Content SID");
        return account.manage(
            account.post(account.content + "/v1/Content/" + sid + "/ApprovalRequests/whatsapp")
                .json({{"name", in.at("name").text()}, {"category", upper(category)}})
                .then("submitted", sid));
    }
    const std::string sid(turn.memo());
    if (!turn.reply()->ok()) {  // the resource exists; only WhatsApp does not have it yet
        Json record = changed(in, sid, "rejected");
        record.set("reason", "it could not be submitted to WhatsApp: " + explain(*turn.reply()));
        return Next::done().record("template", record);
    }
    const Json& approval = turn.reply()->json();
    return Next::done().record("template",
                               changed(in, sid, status_of(lower(approval.value("status", "pending")))));
}

Next delete_template(const Account& account, const Turn& turn) {
    const Json& in = turn.input();
    const std::string sid = in.value("id", "");
    if (!is_sid(sid, "HX"))
        throw Fault(DK_BAD_INPUT,
                    "Twilio deletes a template by its Content SID: read the templates again first");
    if (!turn.reply()) return account.manage(account.del(account.content + "/v1/Content/" + sid));
    if (!turn.reply()->ok() && turn.reply()->status() != 404)
        throw Fault(DK_BAD_REPLY, explain(*turn.reply()));
    return Next::done().record("template", changed(in, sid, "gone"));
}

}  // namespace twilio
