#include "interakt_message.hpp"

#include "text.hpp"

#include <array>
#include <vector>

namespace sim {
namespace {

using dakiya::Json;

std::size_t texts_in(Fields& fields, std::string_view key) {
    const Json* list = fields.list(key, Fields::optional, 100, 0);
    if (!list) return 0;
    for (const Json& value : *list)
        if (!value.is_string() || value.text().empty())
            fields.fail(Fault::Kind::bad_value, key, "must hold texts that are not empty");
    return list->size();
}

std::string wrong_count(std::string_view what, std::size_t given, std::size_t wanted) {
    return "number of " + std::string(what) + " (" + std::to_string(given) +
           ") does not match the template (" + std::to_string(wanted) + ")";
}

// Keyed by the place among all buttons, each with a list of values.
std::string check_buttons(Fields& fields, const TemplateShape& shape, Fault& fault) {
    static const Json none = Json::object();
    const Json* values = fields.object("buttonValues");
    if (!values) values = &none;
    std::vector<std::string> places;  // Fields keeps views of the keys that it was asked for
    for (std::size_t i = 0; i < shape.buttons.size(); ++i) places.push_back(std::to_string(i));
    Fields buttons(*values, &fields, "buttonValues", fault);
    for (std::size_t i = 0; i < places.size(); ++i) {
        const std::size_t given = texts_in(buttons, places[i]);
        const std::size_t wanted = shape.buttons[i].empty() ? 0 : 1;
        if (given != wanted) return wrong_count("buttonValues " + places[i], given, wanted);
    }
    buttons.finish();
    return {};
}

InteraktRefusal check_template(Fields& root, const InteraktConfig& config, InteraktMessage& out,
                               Fault& fault) {
    const Json* object = root.object("template", Fields::required);
    if (!object) return {};
    Fields fields(*object, &root, "template", fault);
    out.template_name = fields.text("name", Fields::required, 512);
    const std::string_view language = fields.text("languageCode", Fields::required, 16);
    const std::size_t header = texts_in(fields, "headerValues"), body = texts_in(fields, "bodyValues");
    fields.text("fileName", Fields::optional, 255);
    const auto found = config.shapes.find(std::string(out.template_name) + ' ' + std::string(language));
    if (fault) return {};
    if (found == config.shapes.end() || found->second.status != "APPROVED")
        return {"Template " + std::string(out.template_name) + " is not found or not approved", false};
    const TemplateShape& shape = found->second;
    std::string wrong = check_buttons(fields, shape, fault);
    fields.finish();
    if (header != shape.header_variables) wrong = wrong_count("headerValues", header, shape.header_variables);
    if (body != shape.body_variables) wrong = wrong_count("bodyValues", body, shape.body_variables);
    out.params = object->dump();
    return {wrong, false};
}

void check_interactive(Fields& data, std::string_view kind, Fault& fault) {
    const Json* object = data.object("message", Fields::required);
    if (!object) return;
    Fields message(*object, &data, "message", fault);
    if (message.text("type", Fields::required) != (kind == "InteractiveButton" ? "button" : "list"))
        message.fail(Fault::Kind::bad_value, "type", "does not fit " + std::string(kind));
    message.object("header");
    message.object("footer");
    message.object("body", Fields::required);
    if (const Json* action = message.object("action", Fields::required)) {
        Fields inner(*action, &message, "action", fault);
        if (kind == "InteractiveButton") {
            inner.list("buttons", Fields::required, 3);
        } else {
            inner.text("button", Fields::required, 20);
            inner.list("sections", Fields::required, 10);
        }
        inner.finish();
    }
    message.finish();
}

void check_data(Fields& root, InteraktMessage& out, Fault& fault) {
    const Json* object = root.object("data", Fields::required);
    if (!object) return;
    Fields data(*object, &root, "data", fault);
    if (out.kind == "Text") {
        out.text = data.text("message", Fields::required, 4096);
    } else if (out.kind == "InteractiveButton" || out.kind == "InteractiveList") {
        check_interactive(data, out.kind, fault);
    } else {
        out.text = data.text("message", Fields::optional, 1024);
        if (!data.text("mediaUrl", Fields::required, 2048).starts_with("https://"))
            data.fail(Fault::Kind::bad_value, "mediaUrl", "must be a public https address");
        data.text("fileName", Fields::optional, 255);
    }
    data.finish();
}

// One form of the number, not both.
void read_number(Fields& root, InteraktMessage& out) {
    const std::string full(root.text("fullPhoneNumber", Fields::optional, 20, 0));
    const std::string country(root.text("countryCode", Fields::optional, 5, 0)),
        local(root.text("phoneNumber", Fields::optional, 20, 0));
    if (full.empty() == local.empty() || country.empty() != local.empty())
        root.fail(Fault::Kind::bad_value, "fullPhoneNumber", "or countryCode and phoneNumber must be given");
    const auto digits = digits_of(full.empty() ? country + local : full);
    if (!digits || *digits < 10'000'000 || *digits > 999'999'999'999'999)
        root.fail(Fault::Kind::bad_value, "fullPhoneNumber", "is not a phone number with its country code");
    else
        out.digits = *digits;
}

}  // namespace

InteraktRefusal check_interakt_message(const Json& body, const InteraktConfig& config, InteraktMessage& out) {
    constexpr std::array<std::string_view, 9> kinds{
        "Text",           "Image", "Video", "Audio", "Document", "Sticker", "Template", "InteractiveButton",
        "InteractiveList"};
    Fault fault;
    Fields root(body, nullptr, "", fault);
    read_number(root, out);
    out.ref = root.text("callbackData", Fields::optional, 200);
    root.text("campaignId", Fields::optional, 100);
    root.text("template_category", Fields::optional, 32);
    out.kind = root.text("type", Fields::required, 32);
    bool known = false;
    for (const std::string_view kind : kinds) known = known || kind == out.kind;
    if (!known) root.fail(Fault::Kind::bad_value, "type", "is not a message type");
    InteraktRefusal refusal;
    if (out.kind == "Template")
        refusal = check_template(root, config, out, fault);
    else if (!fault)
        check_data(root, out, fault);
    if (!refusal) root.finish();
    return fault ? InteraktRefusal{fault.message(), true} : refusal;
}

}  // namespace sim
