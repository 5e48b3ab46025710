#include "create.hpp"

#include "answer.hpp"
#include "dakiya/waba.hpp"
#include "templates.hpp"

namespace gupshup {

using dakiya::Fault;
using dakiya::Form;
using dakiya::Http;
using dakiya::Json;
using dakiya::Next;
using dakiya::Turn;
namespace waba = dakiya::waba;

namespace {

void put(Form& form, const char* name, const std::string& value) {
    if (!value.empty()) form.add(name, value);
}

// Gupshup wants the example as the whole text with its values filled in.
std::string example_of(const std::string& text, const Json& values) {
    std::string out = text;
    std::size_t n = 0;
    for (const std::string_view name : waba::variables_of(text)) {
        if (n >= values.size())
            throw waba::Refused("give an example for every variable of the template: Gupshup demands them",
                                "template");
        const std::string mark = "{{" + std::string(name) + "}}", value = values.at(n++).text();
        for (std::size_t at = out.find(mark); at != out.npos; at = out.find(mark, at + value.size()))
            out.replace(at, mark.size(), value);
    }
    return out;
}

std::string add_header(Form& form, const Json& part) {
    const std::string format = part.value("format", "TEXT");
    if (format == "TEXT") {
        const std::string text = part.value("text", "");
        put(form, "header", text);
        put(form, "exampleHeader", example_of(text, part["example"]["header_text"]));
    } else if (format != "LOCATION") {
        const Json& handles = part["example"]["header_handle"];
        if (handles.empty())
            throw waba::Refused("a template with media needs an example of it: the handle of an upload",
                                "template");
        form.add("exampleMedia", handles.at(0).text());
        form.add("enableSample", "true");
    }
    return format;
}

Form form_of(const Json& wanted) {
    Form form{{"elementName", wanted.at("name").text()},
              {"languageCode", wanted.at("language").text()},
              {"category", wanted.at("category").text()},
              {"vertical", wanted.at("name").text()}};
    std::string type = "TEXT";
    for (const Json& part : wanted.at("components")) {
        const std::string kind = part.value("type", "");
        if (kind == "HEADER") {
            type = add_header(form, part);
        } else if (kind == "BODY") {
            const std::string text = part.value("text", "");
            const Json& examples = part["example"]["body_text"];
            form.add("content", text);
            form.add("example", example_of(text, examples.empty() ? Json::array() : examples.at(0)));
        } else if (kind == "FOOTER") {
            put(form, "footer", part.value("text", ""));
        } else if (kind == "BUTTONS") {
            form.add("buttons", part.at("buttons").dump());
        } else {
            throw waba::Refused("templates with a \"" + kind + "\" are made in Gupshup's console",
                                "template");
        }
    }
    form.add("templateType", type);
    if (wanted.at("parameter_format") == Json("NAMED")) form.add("parameterFormat", "NAMED");
    return form;
}

}  // namespace

Next create_template(const Account& account, const Turn& turn) {
    account.require_partner("creating templates");
    const Json wanted = waba::new_template(turn.input());
    if (!turn.reply()) {
        if (wanted["category"] == Json("AUTHENTICATION"))
            throw Fault(DK_BAD_INPUT, "templates for one-time codes are made in Gupshup's console");
        return account.with_token(Http::post(account.app_url("/templates")))
            .form(form_of(wanted))
            .limit("manage");
    }
    const Json& made = require_success(*turn.reply()).at("template");
    Json listed = wanted;
    listed.set("id", made.at("id").text());
    Json record = waba::read_template(listed);
    record.set("status", template_status(made.value("status", "PENDING")));
    return Next::done().record("template", record);
}

// By name: all languages of it.
Next delete_template(const Account& account, const Turn& turn) {
    account.require_partner("deleting templates");
    const Json& in = turn.input();
    const std::string name = in.at("name").text();
    if (!turn.reply())
        return account.with_token(Http::del(account.app_url("/template/" + dakiya::percent(name))))
            .limit("manage");
    require_success(*turn.reply());
    return Next::done().record("template", {{"name", name},
                                            {"language", in.value("language", "")},
                                            {"status", "gone"},
                                            {"id", in.value("id", "")}});
}

}  // namespace gupshup
