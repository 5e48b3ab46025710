#include "templates.hpp"

#include <cstdlib>
#include <string>
#include <utility>

#include "answer.hpp"
#include "campaign.hpp"
#include "dakiya/text.hpp"
#include "dakiya/waba.hpp"
#include "language.hpp"

namespace aisensy {

using dakiya::Fault;
using dakiya::Http;
using dakiya::Json;
using dakiya::Next;
using dakiya::Turn;
using dakiya::upper;
using dakiya::waba::lower;

namespace {

constexpr std::size_t page_size = 100;

// ---- one of the Project API

std::string category_of(const std::string& theirs) {
    const std::string word = lower(theirs);
    if (word == "transactional") return "utility";
    return word == "otp" ? "authentication" : word;
}

Json button_of(const Json& action) {
    const std::string title = action.value("button_title", ""), value = action["button_value"].scalar();
    if (upper(action.value("type", "")) == "URL") return {{"type", "URL"}, {"text", title}, {"url", value}};
    return {{"type", "PHONE_NUMBER"}, {"text", title}, {"phone_number", value}};
}

// Call-to-action buttons come first, as AiSensy shows them.
Json buttons_of(const Json& listed) {
    Json buttons = Json::array();
    if (listed["call_to_action"].is_array())
        for (const Json& action : listed["call_to_action"]) buttons.push_back(button_of(action));
    if (listed["quick_replies"].is_array())
        for (const Json& reply : listed["quick_replies"])
            buttons.push_back(
                Json{{"type", "QUICK_REPLY"},
                     {"text", reply.is_string() ? reply.text() : reply.value("button_title", "")}});
    return buttons;
}

// From AiSensy's flat form to the Cloud API's.
Json components_of(const Json& listed) {
    Json components = Json::array();
    const std::string type = upper(listed.value("type", "TEXT")), header = listed.value("header_text", "");
    if (type == "IMAGE" || type == "VIDEO" || type == "LOCATION")
        components.push_back(Json{{"type", "HEADER"}, {"format", type}});
    else if (type == "FILE")
        components.push_back(Json{{"type", "HEADER"}, {"format", "DOCUMENT"}});
    else if (!header.empty())
        components.push_back(Json{{"type", "HEADER"}, {"format", "TEXT"}, {"text", header}});
    components.push_back(Json{{"type", "BODY"}, {"text", listed.value("text", "")}});
    if (const std::string footer = listed.value("footer_text", ""); !footer.empty())
        components.push_back(Json{{"type", "FOOTER"}, {"text", footer}});
    if (type == "CAROUSEL") components.push_back(Json{{"type", "CAROUSEL"}, {"cards", Json::array()}});
    if (Json buttons = buttons_of(listed); !buttons.empty())
        components.push_back(Json{{"type", "BUTTONS"}, {"buttons", std::move(buttons)}});
    return components;
}

Json record_of(const Json& listed) {
    return dakiya::waba::read_template({{"name", listed.at("name").text()},
                                        {"language", language_code(listed.value("language", ""))},
                                        {"category", category_of(listed.value("category", ""))},
                                        {"status", upper(listed.value("status", ""))},
                                        {"id", listed["id"].scalar()},
                                        {"components", components_of(listed)},
                                        {"rejected_reason", listed["rejected_reason"]}});
}

const Json& items_of(const Json& body) {
    if (body.is_array()) return body;
    for (const char* name : {"template", "templates", "data"})
        if (body[name].is_array()) return body[name];
    throw Fault(DK_BAD_REPLY, "AiSensy's answer holds no list of templates");
}

// ---- listing: first the campaigns, one call each, then the pages of the Project API

Next ask_page(const Account& account, const std::string& after) {
    Http http = account.project_get("/wa_template/");
    http.query("limit", std::to_string(page_size));
    if (!after.empty()) http.query("after", after);
    return http.then("page", after);
}

Next from_campaign(const Account& account, std::size_t index) {
    if (index < account.campaigns.size())
        return ask_campaign(account, account.campaigns[index]).then("campaign", std::to_string(index));
    return account.has_project() ? ask_page(account, {}) : Next::done();
}

Next read_campaign_turn(const Account& account, const Turn& turn) {
    const auto index = static_cast<std::size_t>(std::strtoul(std::string(turn.memo()).c_str(), nullptr, 10));
    if (index >= account.campaigns.size())
        throw Fault(DK_BAD_INPUT, "the campaigns in the settings have changed; list them again");
    const std::string& name = account.campaigns[index];
    const Answer answer = read_answer(account, Api::campaign, *turn.reply());
    Next next = from_campaign(account, index + 1);
    if (answer.kind == Answer::Kind::done && is_success(answer.body))
        return next.record("template", read_campaign(name, answer.body));
    // One that is gone or not live must not hide the others.
    if (answer.kind == Answer::Kind::refused && answer.error.cls == "template")
        return next.record("template", {{"name", name},
                                        {"language", "und"},
                                        {"status", "disabled"},
                                        {"id", "campaign:" + name},
                                        {"reason", answer.error.text}});
    throw Fault(DK_BAD_REPLY, explain(Api::campaign, answer));
}

// The cursor of the next page is the id of the last template.
Next read_page(const Account& account, const Turn& turn) {
    const Json body = require_done(account, *turn.reply());
    const Json& items = items_of(body);
    const std::string last = items.empty() ? std::string() : items.at(items.size() - 1)["id"].scalar();
    const bool more = items.size() >= page_size && !last.empty() && last != turn.memo();
    Next next = more ? ask_page(account, last) : Next::done();
    for (const Json& listed : items) next.record("template", record_of(listed));
    return next;
}

// ---- creating

// "Hi {{1}}" → "Hi [Sam]", with the examples of the component or the variable's own name.
std::string with_samples(const Json& body) {
    std::string text = body.at("text").text();
    const auto names = dakiya::waba::variables_of(body.at("text").text());
    const Json& examples = body["example"]["body_text"];
    for (std::size_t i = 0; i < names.size(); ++i) {
        const bool given = examples.is_array() && !examples.empty() && i < examples.at(0).size();
        const std::string sample = given ? examples.at(0).at(i).text() : std::string("sample");
        const std::string mark = "{{" + std::string(names[i]) + "}}";
        for (std::size_t at = text.find(mark); at != text.npos; at = text.find(mark, at + sample.size()))
            text.replace(at, mark.size(), "[" + sample + "]");
    }
    return text;
}

void add_new_buttons(const Json& buttons, Json& out) {
    Json actions = Json::array(), replies = Json::array();
    for (const Json& button : buttons) {
        const std::string type = button.value("type", ""), text = button.at("text");
        if (type == "QUICK_REPLY")
            replies.push_back(text);
        else if (type == "URL")
            actions.push_back(
                Json{{"type", "URL"}, {"button_value", button.at("url").text()}, {"button_title", text}});
        else if (type == "PHONE_NUMBER")
            actions.push_back(Json{{"type", "Phone Number"},
                                   {"button_value", button.at("phone_number").text()},
                                   {"button_title", text}});
        else
            throw Fault(DK_BAD_INPUT,
                        "AiSensy takes buttons with a link, a phone number or a reply, no " + type);
    }
    out.set("message_action_type", !actions.empty() && !replies.empty() ? "All"
                                   : !actions.empty()                   ? "CTA"
                                   : !replies.empty()                   ? "QuickReplies"
                                                                        : "None");
    out.set("call_to_action", std::move(actions));
    out.set("quick_replies", std::move(replies));
}

// From the Cloud API's form to AiSensy's flat one.
Json new_template(const Json& in) {
    const Json checked = dakiya::waba::new_template(in);
    const std::string language = language_name(checked.at("language"));
    if (language.empty())
        throw Fault(DK_BAD_INPUT, "AiSensy's name for the language \"" + checked["language"].text() +
                                      "\" is not known: make the template in the AiSensy dashboard");
    Json out{{"name", checked["name"]},
             {"label", checked["name"]},
             {"category", checked["category"]},
             {"type", "TEXT"},
             {"language", language},
             {"text", ""},
             {"sample_text", ""},
             {"message_action_type", "None"},
             {"call_to_action", Json::array()},
             {"quick_replies", Json::array()},
             {"header_type", ""},
             {"header_text", ""},
             {"footer_text", ""}};
    for (const Json& part : checked.at("components")) {
        const std::string type = part.value("type", "");
        if (type == "HEADER" && part.value("format", "TEXT") != "TEXT")
            throw Fault(DK_BAD_INPUT,
                        "templates with a file in the header are made in the AiSensy dashboard");
        if (type == "HEADER") out.set("header_type", "TEXT"), out.set("header_text", part.at("text"));
        if (type == "BODY") out.set("text", part.at("text")), out.set("sample_text", with_samples(part));
        if (type == "FOOTER") out.set("footer_text", part.at("text"));
        if (type == "BUTTONS") add_new_buttons(part.at("buttons"), out);
        if (type == "CAROUSEL" || type == "LIMITED_TIME_OFFER")
            throw Fault(DK_BAD_INPUT, "carousels and offers are made in the AiSensy dashboard");
    }
    return out;
}

}  // namespace

Next list_templates(const Account& account, const Turn& turn) {
    if (!turn.reply() && account.campaigns.empty() && !account.has_project())
        throw Fault(
            DK_BAD_INPUT,
            "nothing to list: enter the names of live API campaigns, or the Project API's number and code");
    if (!turn.reply()) return from_campaign(account, 0);
    return turn.step() == "campaign" ? read_campaign_turn(account, turn) : read_page(account, turn);
}

Next create_template(const Account& account, const Turn& turn) {
    const Json wanted = new_template(turn.input());
    if (!turn.reply()) return account.project_post("/wa_template").json(wanted);
    const Json body = require_done(account, *turn.reply());
    const Json& made = body["template"].is_object() ? body["template"] : body;
    Json listed = wanted;
    listed.set("id", made["id"].scalar());
    listed.set("status", made.value("status", "PENDING"));
    listed.set("rejected_reason", made["rejected_reason"]);
    return Next::done().record("template", record_of(listed));
}

Next delete_template(const Account& account, const Turn& turn) {
    const Json& in = turn.input();
    const std::string id = in.value("id", ""), name = in.at("name");
    if (id.rfind("campaign:", 0) == 0)
        throw Fault(DK_BAD_INPUT,
                    "a campaign is stopped in the AiSensy dashboard, and its name removed from the settings");
    if (id.empty())
        throw Fault(DK_BAD_INPUT, "AiSensy deletes templates by their id: sync the templates first");
    if (!turn.reply()) return account.project_del("/wa_template/" + dakiya::percent(id));
    require_done(account, *turn.reply());
    return Next::done().record(
        "template", {{"name", name}, {"language", in.value("language", "")}, {"status", "gone"}, {"id", id}});
}

}  // namespace aisensy
