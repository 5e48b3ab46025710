#include "templates.hpp"

#include <algorithm>
#include <cstdlib>

#include "answer.hpp"
#include "dakiya/text.hpp"
#include "dakiya/waba.hpp"
#include "sms.hpp"

namespace msg91 {

using dakiya::Fault;
using dakiya::Http;
using dakiya::Json;
using dakiya::Level;
using dakiya::lower;
using dakiya::Next;
using dakiya::Reply;
using dakiya::Turn;
using dakiya::upper;

namespace {

constexpr const char* undetermined = "und";  // ISO 639-2

// "Hi ##name##" → "Hi {{name}}", and the names.
std::string with_braces(std::string_view text, Json& names) {
    constexpr std::string_view mark = "##";
    std::string out;
    while (true) {
        const std::size_t open = text.find(mark);
        const std::size_t close = open == text.npos ? text.npos : text.find(mark, open + mark.size());
        if (close == text.npos) return out.append(text);
        const std::string_view name = text.substr(open + mark.size(), close - open - mark.size());
        out.append(text.substr(0, open)).append("{{").append(name).append("}}");
        const Json value(name);
        if (std::find(names.begin(), names.end(), value) == names.end()) names.push_back(value);
        text.remove_prefix(close + mark.size());
    }
}

// The panel's words: Pending, Verified by DLT, Approved by MSG91, Rejected by MSG91; of the state, Enabled.
const char* sms_status(const Json& data) {
    const std::string status = lower(data.value("Status", "")), state = lower(data.value("FlowState", ""));
    if (status.rfind("reject", 0) == 0) return "rejected";
    if (status.rfind("approved", 0) != 0 && status.rfind("verified", 0) != 0) return "pending";
    return state.empty() || state == "enabled" ? "approved" : "disabled";
}

// What follows the SMS template number `index`: the next one, or the list of WhatsApp.
Next from(const Account& account, std::size_t index) {
    if (index < account.sms_templates.size()) {
        Http http = ask_sms_template(account, account.sms_templates[index]);
        http.then("sms", std::to_string(index));
        return http;
    }
    if (account.number.empty()) return Next::done();
    Http http = account.get("/whatsapp/get-template-client/" + account.number);
    http.then("whatsapp");
    return http;
}

Next read_one_sms(const Account& account, const Turn& turn) {
    const auto index = static_cast<std::size_t>(std::strtoul(std::string(turn.memo()).c_str(), nullptr, 10));
    if (index >= account.sms_templates.size())
        throw Fault(DK_BAD_INPUT, "the SMS templates in the settings have changed; list them again");
    const std::string& id = account.sms_templates[index];
    const Reply& reply = *turn.reply();
    Next next = from(account, index + 1);
    if (succeeded(reply)) {
        next.record("template", read_sms_template(id, reply.json()));
        return next;
    }
    // One that is not there any more must not hide the others.
    const bool of_this_one = reply.status() != 0 && error_of(reply).cls == "template";
    if (!of_this_one && reply.status() != 404) throw Fault(DK_BAD_REPLY, explain(reply));
    next.log("SMS template " + id + " is not known to MSG91: remove it from the connection's settings",
             Level::warning);
    return next;
}

// The words that MSG91 uses beside those of the Cloud API.
std::string cloud_api_status(const std::string& word) {
    const std::string status = upper(word);
    if (status == "ENABLED" || status == "ACTIVE") return "APPROVED";
    if (status == "FAILED") return "REJECTED";
    if (status == "SUBMITTED" || status == "IN_REVIEW") return "PENDING";
    return status;
}

// An approval belongs to a language: one record each.
void read_whatsapp(const Json& item, Next& next) {
    for (const Json& language : item["languages"]) {
        const Json& code = language["code"].is_array() ? language["code"] : language["components"];
        next.record("template",
                    dakiya::waba::read_template({{"name", item.at("name").text()},
                                                 {"language", language.at("language").text()},
                                                 {"category", item["category"]},
                                                 {"status", cloud_api_status(language.value("status", ""))},
                                                 {"id", language["id"].scalar()},
                                                 {"components", code},
                                                 {"rejected_reason", language["rejection_reason"]}}));
    }
}

Next read_whatsapp_list(const Turn& turn) {
    const Json& body = require_readable(*turn.reply());
    Next next = Next::done();
    for (const Json& item : body.is_array() ? body : body.at("data")) read_whatsapp(item, next);
    return next;
}

void require_number(const Account& account) {
    if (account.number.empty())
        throw Fault(DK_BAD_INPUT,
                    "this connection has no WhatsApp business number: enter it in the settings");
}

// What a change of a WhatsApp template left behind.
Next changed(const Turn& turn, const char* status) {
    const Json& in = turn.input();
    const Json& body = require_readable(*turn.reply());
    Json record{{"name", in.at("name").text()}, {"language", in.value("language", "")}, {"status", status}};
    if (const Json& id = body["data"]["id"]; !id.is_null())
        record.set("id", id.scalar());
    else if (in.contains("id"))
        record.set("id", in.value("id", ""));
    for (const char* field : {"category", "components"})
        if (const Json* value = in.find(field)) record.set(field, *value);
    return Next::done().record("template", record);
}

}  // namespace

Http ask_sms_template(const Account& account, const std::string& id) {
    return account.get("/flows/" + dakiya::percent(id));
}

Json read_sms_template(const std::string& id, const Json& body) {
    const Json& data = body.at("data");
    Json names = Json::array();
    const std::string text = with_braces(data.at("Message").text(), names);
    const std::string name = data.value("FlowName", "");
    return {{"name", name.empty() ? id : name},
            {"language", undetermined},
            {"status", sms_status(data)},
            {"id", id},
            {"components", Json::array({Json{{"type", "BODY"}, {"text", text}}})},
            {"variables", names}};
}

Next list_templates(const Account& account, const Turn& turn) {
    if (!turn.reply() && account.sms_templates.empty() && account.number.empty())
        throw Fault(DK_BAD_INPUT,
                    "nothing to list: enter SMS template IDs or the WhatsApp number in the settings");
    if (!turn.reply()) return from(account, 0);
    return turn.step() == "sms" ? read_one_sms(account, turn) : read_whatsapp_list(turn);
}

Next create_template(const Account& account, const Turn& turn) {
    const Json& in = turn.input();
    if (turn.reply()) return changed(turn, "pending");
    require_number(account);
    const std::string category = upper(in.value("category", ""));
    if (category != "MARKETING" && category != "UTILITY" && category != "AUTHENTICATION")
        throw Fault(DK_BAD_INPUT, "\"category\" must be marketing, utility or authentication");
    if (in["components"].empty()) throw Fault(DK_BAD_INPUT, "\"components\" is missing");
    Http http = account.post("/whatsapp/client-panel-template/");
    http.json({{"integrated_number", account.number},
               {"template_name", in.at("name").text()},
               {"language", in.at("language").text()},
               {"category", category},
               {"components", in.at("components")}});
    return http;
}

Next delete_template(const Account& account, const Turn& turn) {
    const Json& in = turn.input();
    if (turn.reply()) return changed(turn, "gone");
    const std::string id = in.value("id", "");
    if (is_sms_template_id(id))
        throw Fault(DK_BAD_INPUT, "SMS templates are deleted in the MSG91 panel, under SMS > Templates");
    require_number(account);
    if (id.empty())
        throw Fault(DK_BAD_INPUT, "MSG91 deletes templates by their id: sync the templates first");
    Http http = account.del("/whatsapp/client-panel-template/" + dakiya::percent(id) + "/");
    http.json({{"integrated_number", account.number}, {"name", in.at("name").text()}});
    return http;
}

}  // namespace msg91
