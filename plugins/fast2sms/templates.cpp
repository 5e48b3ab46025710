#include "templates.hpp"

#include "answer.hpp"
#include "dakiya/sms.hpp"
#include "dakiya/waba.hpp"

namespace fast2sms {

using dakiya::Http;
using dakiya::Json;
using dakiya::Next;
using dakiya::Turn;
namespace sms = dakiya::sms;

namespace {

Http ask_sms(const Account& account) {
    Http http = account.get("/dlt_manager");
    http.query("type", "template").then("sms");
    return http;
}

Http ask_whatsapp(const Account& account, const std::string& after) {
    Http http = account.get(account.cloud_path(account.waba_id, "message_templates"));
    http.query("limit", "100");
    if (!after.empty()) http.query("after", after);
    http.then("whatsapp", after);
    return http;
}

std::string first_of(const Json& object, std::initializer_list<const char*> names) {
    for (const char* name : names)
        if (const Json& value = object[name]; value.is_string() || value.is_integer()) {
            if (std::string text = value.scalar(); !text.empty()) return text;
        }
    return {};
}

// Which id a send needs depends on the route: the short one of DLT Manager, or the DLT number.
void read_sms_template(const Account& account, const Json& item, Next& next) {
    const std::string short_id = first_of(item, {"message_id"});
    const std::string dlt_id = first_of(item, {"template_id", "dlt_template_id", "content_template_id"});
    const std::string id = account.route == "dlt_manual" && !dlt_id.empty() ? dlt_id : short_id;
    const std::string text = sms::numbered(first_of(item, {"message", "template_body", "content"}));
    if (id.empty() || text.empty()) return;
    std::string name = first_of(item, {"template_name", "name"});
    if (name.empty()) name = id;
    const std::string word = dakiya::waba::lower(first_of(item, {"status"}));
    const char* status = word.empty() || word == "approved" || word == "active" || word == "1" ? "approved"
                         : word.find("reject") != word.npos                                    ? "rejected"
                         : word.find("pending") != word.npos                                   ? "pending"
                                                                                               : "disabled";
    next.record("template", sms::template_record(name, id, "", text, status));
}

// The templates stand below their senders. Only those of our sender could go out under its name.
void read_sms_list(const Account& account, const Json& body, Next& next) {
    for (const Json& sender : body.at("data")) {
        const std::string name = first_of(sender, {"sender_id"});
        if (!account.sender.empty() && !name.empty() && name != account.sender) continue;
        for (const Json& item : sender["templates"]) read_sms_template(account, item, next);
    }
}

Next after_sms(const Account& account) {
    Next next = account.waba_id.empty() ? Next::done() : Next(ask_whatsapp(account, {}));
    if (account.otp_route) {
        Json fixed = sms::template_record("otp", otp_template_id, "en", "Your OTP: {{1}}", "approved");
        fixed.set("category", "authentication");
        next.record("template", fixed);
    }
    return next;
}

Next read_whatsapp_page(const Account& account, const Json& body) {
    const std::string after = body["paging"]["cursors"].value("after", "");
    // The last page has a cursor too, but no address of a next one.
    const bool more = !after.empty() && !body["paging"].value("next", "").empty();
    Next next = more ? Next(ask_whatsapp(account, after)) : Next::done();
    for (const Json& listed : body.at("data")) next.record("template", dakiya::waba::read_template(listed));
    return next;
}

}  // namespace

Next list_templates(const Account& account, const Turn& turn) {
    if (!turn.reply()) return account.route == "q" ? after_sms(account) : Next(ask_sms(account));
    const Json& body = require_success(*turn.reply());
    if (turn.step() == "whatsapp") return read_whatsapp_page(account, body);
    Next next = after_sms(account);
    read_sms_list(account, body, next);
    return next;
}

}  // namespace fast2sms
