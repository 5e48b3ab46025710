#include "template.hpp"

#include <algorithm>
#include <cstdlib>
#include <map>
#include <utility>

#include "answer.hpp"
#include "dakiya/text.hpp"
#include "dakiya/waba.hpp"
#include "numbers.hpp"

namespace wati {

using dakiya::Fault;
using dakiya::Http;
using dakiya::Json;
using dakiya::Next;
using dakiya::Recipient;
using dakiya::Turn;
using dakiya::upper;
using dakiya::waba::lower;
using dakiya::waba::Refused;

namespace {

constexpr int page_size = 100;

// ---- listing

void set_if(Json& object, const char* name, std::string value) {
    if (!value.empty()) object.set(name, std::move(value));
}

std::string param_name(const Json& part, const char* mapping) {
    return part[mapping].is_object() ? part[mapping]["param_name"].scalar() : std::string();
}

Json header_of(const Json& header) {
    const std::string format = upper(header["type"].scalar());
    Json out{{"type", "HEADER"}, {"format", format}};
    set_if(out, "text", header["text"].scalar());
    set_if(out, "param", param_name(header, "header_param_mapping"));
    return out;
}

// "url" → "URL", "quick_reply" → "QUICK_REPLY".
Json button_of(const Json& button) {
    const Json& what = button["parameter"];
    Json out{{"type", upper(button["type"].scalar())}};
    set_if(out, "text", what["text"].scalar());
    set_if(out, "url", what["url"].scalar());
    set_if(out, "phone_number", what["phone_number"].scalar());
    set_if(out, "param", param_name(what, "button_param_mapping"));
    return out;
}

// In the Cloud API's shape, with WATI's names in the braces.
Json components_of(const Json& listed) {
    Json components = Json::array();
    if (const Json& header = listed["header"]; header.is_object() && !header["type"].scalar().empty())
        components.push_back(header_of(header));
    if (const std::string body = listed.value("body", ""); !body.empty())
        components.push_back(Json{{"type", "BODY"}, {"text", body}});
    if (const std::string footer = listed.value("footer", ""); !footer.empty())
        components.push_back(Json{{"type", "FOOTER"}, {"text", footer}});
    Json buttons = Json::array();
    if (listed["buttons"].is_array())
        for (const Json& button : listed["buttons"]) buttons.push_back(button_of(button));
    if (!buttons.empty()) components.push_back(Json{{"type", "BUTTONS"}, {"buttons", buttons}});
    return components;
}

// What we call the values of the header and of the buttons → what WATI calls them.
std::map<std::string, std::string> renamed(const Json& components) {
    std::map<std::string, std::string> names;
    for (const Json& part : components) {
        const std::string type = part.value("type", "");
        if (type == "HEADER" && part.contains("param"))
            names.emplace(part.value("format", "") == "TEXT" ? "header" : "header.url", part["param"].text());
        if (type == "BUTTONS")
            for (std::size_t i = 0; i < part["buttons"].size(); ++i)
                if (const Json& button = part["buttons"].at(i); button.contains("param"))
                    names.emplace("button." + std::to_string(i), button["param"].text());
    }
    return names;
}

// Names that a value must be given for. "custom_params" of the listing has those of all parts.
Json variables_of(const Json& listed, const Json& components) {
    const auto names = renamed(components);
    const auto body = dakiya::waba::variables_of(dakiya::waba::text_of(listed, "body"));
    const auto in_body = [&](const std::string& name) {
        return std::find(body.begin(), body.end(), name) != body.end();
    };
    Json out = Json::array();
    for (const std::string_view name : body) out.push_back(name);
    for (const auto& [ours, theirs] : names)
        if (!in_body(theirs)) out.push_back(ours);
    if (listed["custom_params"].is_array())
        for (const Json& param : listed["custom_params"]) {
            const std::string name = param["name"].scalar();
            const bool mapped = std::any_of(names.begin(), names.end(),
                                            [&](const auto& pair) { return pair.second == name; });
            if (!name.empty() && !mapped && !in_body(name)) out.push_back(name);  // of a carousel's card
        }
    return out;
}

Json record_of(const Json& listed) {
    const Json components = components_of(listed);
    Json out{{"name", listed.at("name").text()},
             {"language", dakiya::waba::template_language(listed["language_option"]["value"].scalar())},
             {"category", lower(listed["category"].scalar())},
             {"status", dakiya::waba::template_status(upper(listed["status"].scalar()))},
             {"id", listed["id"].scalar()}};
    if (upper(listed["status"].scalar()) == "DRAFT") out.set("status", "pending");
    out.set("variables", variables_of(listed, components));
    out.set("components", components);
    const std::string quality = lower(listed["quality"].scalar());
    if (!quality.empty()) out.set("quality", quality);
    return out;
}

Next ask_page(const Account& account, std::int64_t page) {
    Http http = account.get("/messageTemplates");
    if (!account.channel.empty()) http.query("channel", account.channel);
    return http.query("page_number", std::to_string(page))
        .query("page_size", std::to_string(page_size))
        .then("page", std::to_string(page));
}

// ---- sending

// The value by our name, else by WATI's own.
const std::string* find_value(const Recipient& to, const std::string& ours, const std::string& theirs) {
    for (const std::string& name : {ours, theirs})
        if (const auto found = to.params.find(name); found != to.params.end() && !found->second.empty())
            return &found->second;
    return nullptr;
}

bool is_part_name(const std::string& name) {
    return name == "header" || name.rfind("header.", 0) == 0 || name.rfind("button.", 0) == 0;
}

void add(Json& params, const std::string& name, const std::string& value) {
    params.push_back(Json{{"name", name}, {"value", dakiya::waba::flatten(value)}});
}

void check_name(const std::string& name, bool listed, const std::map<std::string, std::string>& names) {
    if (name == "header.handle")
        throw Refused("WATI takes the file of a header by its web address only, not by a handle", "template");
    if (!listed)
        throw Refused("WATI's own name for \"" + name + "\" is not known: sync the templates first",
                      "template");
    if (!names.count(name)) throw Refused("the template has no variable at \"" + name + "\"", "template");
}

void check_body(const Json& components, const Json& params) {
    for (const Json& part : components)
        for (const std::string_view name : dakiya::waba::variables_of(dakiya::waba::text_of(part, "text")))
            if (part.value("type", "") == "BODY" &&
                std::none_of(params.begin(), params.end(),
                             [&](const Json& given) { return given["name"] == Json(name); }))
                throw Refused("the template needs a value for \"" + std::string(name) + "\"", "template");
}

}  // namespace

Json custom_params(const Json& components, const Recipient& to) {
    const bool listed = components.is_array();
    const auto names = listed ? renamed(components) : std::map<std::string, std::string>();
    const auto is_mapped = [&](const std::string& theirs) {
        return std::any_of(names.begin(), names.end(),
                           [&](const auto& pair) { return pair.second == theirs; });
    };
    Json params = Json::array();
    for (const auto& [name, value] : to.params) {
        if (name == "header.filename") continue;  // WATI takes it from the address
        if (value.empty()) throw Refused("the value of \"" + name + "\" is empty", "template");
        if (is_part_name(name))
            check_name(name, listed, names);
        else if (!is_mapped(name))
            add(params, name, value);
    }
    for (const auto& [ours, theirs] : names) {
        const std::string* value = find_value(to, ours, theirs);
        if (!value) throw Refused("the template needs a value for \"" + ours + "\"", "template");
        if (ours == "header.url" && value->rfind("https://", 0) != 0)
            throw Refused("the address of the header's file must begin with https://", "template");
        add(params, theirs, *value);
    }
    if (listed) check_body(components, params);
    return params;
}

Next list_templates(const Account& account, const Turn& turn) {
    if (!turn.reply()) return ask_page(account, 1);
    const Json body = require_done(*turn.reply());
    const std::int64_t page = std::strtoll(std::string(turn.memo()).c_str(), nullptr, 10);
    const Json& templates = body.at("templates");
    const std::int64_t total = body["total"].is_integer() ? body["total"].integer() : 0;
    const bool more = total > 0 ? page * page_size < total : templates.size() >= page_size;
    Next next = more && !templates.empty() ? ask_page(account, page + 1) : Next::done();
    for (const Json& listed : templates) next.record("template", record_of(listed));
    return next;
}

// DELETE /api/v1/whatsApp/templates/{wabaId}/{name}[/{language}], the WhatsApp account is looked up first.
Next delete_template(const Account& account, const Turn& turn) {
    const Json& in = turn.input();
    const std::string name = in.at("name"), language = in.value("language", "");
    if (!turn.reply()) return ask_numbers(account).then("account");
    if (turn.step() == "account") {
        const std::string waba = choose_number(account, read_numbers(*turn.reply())).waba_id;
        if (waba.empty())
            throw Fault(DK_BAD_REPLY, "WATI does not say which WhatsApp account the number belongs to");
        const std::string path =
            "/v1/whatsApp/templates/" + dakiya::percent(waba) + "/" + dakiya::percent(name);
        return account.older_del(language.empty() ? path : path + "/" + dakiya::percent(language))
            .then("deleted");
    }
    require_done(*turn.reply());
    return Next::done().record(
        "template", {{"name", name}, {"language", language}, {"status", "gone"}, {"id", in.value("id", "")}});
}

}  // namespace wati
