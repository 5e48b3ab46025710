#include "meta_message.hpp"
#include "text.hpp"

#include <algorithm>

namespace sim {
namespace {

using dakiya::Json;

std::string lower(std::string word) {
    std::transform(word.begin(), word.end(), word.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return word;
}

// Meta answers 132018 for parameter text with a line break, a tab or more than four spaces in a row.
bool flat(std::string_view text) {
    return text.find_first_of("\n\t") == std::string_view::npos &&
           text.find("     ") == std::string_view::npos;
}

struct Parameter {
    std::string_view type;
    std::string_view name;
    bool flat = true;
};

Parameter read_parameter(const Json& item, const Fields& parent, int index, MetaMessage& out, Fault& fault) {
    Fields fields(item, &parent, "parameters", fault, index);
    Parameter parameter;
    parameter.type = fields.text("type", Fields::required, 32);
    parameter.name = fields.text("parameter_name", Fields::optional, 512);
    if (parameter.type == "text") {
        parameter.flat = flat(fields.text("text", Fields::required, 32'768));
    } else if (parameter.type == "payload") {
        fields.text("payload", Fields::required, 256);
    } else if (parameter.type == "coupon_code") {
        fields.text("coupon_code", Fields::required, 20);
    } else if (const Json* object = fields.object(parameter.type, Fields::required)) {
        Fields inner(*object, &fields, parameter.type, fault);
        if (parameter.type == "image" || parameter.type == "video" || parameter.type == "document") {
            const std::string_view id = inner.text("id", Fields::optional, 255);
            const std::string_view link = inner.text("link", Fields::optional, 2048);
            if (id.empty() == link.empty()) inner.fail(Fault::Kind::bad_value, {}, "needs either id or link");
            if (!id.empty()) out.media_ids.push_back(id);
        }
    }
    fields.finish();
    return parameter;
}

std::vector<Parameter> read_parameters(Fields& component, MetaMessage& out, Fault& fault) {
    std::vector<Parameter> parameters;
    const Json* list = component.list("parameters", Fields::required, 100, 0);
    if (!list) return parameters;
    for (const Json& item : *list)
        parameters.push_back(
            read_parameter(item, component, static_cast<int>(parameters.size()), out, fault));
    return parameters;
}

MetaRefusal wrong_count(std::string_view where, std::size_t given, std::size_t expected) {
    return {132000, std::string(where) + ": number of localizable_params (" + std::to_string(given) +
                        ") does not match the expected number of params (" + std::to_string(expected) + ")"};
}

MetaRefusal check_body(const std::vector<Parameter>& parameters, const TemplateShape& shape) {
    if (parameters.size() != shape.body_variables)
        return wrong_count("body", parameters.size(), shape.body_variables);
    for (const Parameter& parameter : parameters) {
        if (parameter.type != "text" && parameter.type != "currency" && parameter.type != "date_time")
            return {132012, "body: a parameter of type " + std::string(parameter.type)};
        if (shape.named && std::find(shape.body_names.begin(), shape.body_names.end(), parameter.name) ==
                               shape.body_names.end())
            return {132012,
                    "body: parameter_name \"" + std::string(parameter.name) + "\" is not in the template"};
        if (!shape.named && !parameter.name.empty())
            return {132012, "body: parameter_name in a template with positions"};
    }
    return {};
}

MetaRefusal check_header(const std::vector<Parameter>& parameters, const TemplateShape& shape) {
    if (parameters.size() != shape.header_variables)
        return wrong_count("header", parameters.size(), shape.header_variables);
    for (const Parameter& parameter : parameters)
        if (parameter.type != lower(shape.header))
            return {132012, "header: Format mismatch, expected " + shape.header + ", received " +
                                std::string(parameter.type)};
    return {};
}

// `index` is the place among all buttons; text and number are both accepted.
MetaRefusal check_button(Fields& component, const std::vector<Parameter>& parameters,
                         const TemplateShape& shape, std::vector<bool>& given) {
    const std::string_view sub_type = component.text("sub_type", Fields::required, 32);
    const Json* index = component.any("index", Fields::required);
    if (!component.ok()) return {};
    const std::string place = index->is_string() || index->is_integer() ? index->scalar() : "";
    if (!all_digits(place) || place.size() > 2 || std::stoul(place) >= shape.buttons.size())
        return {132012, "button: there is no button " + place};
    if (parameters.size() != 1) return wrong_count("button", parameters.size(), 1);
    const std::string& needed = shape.buttons[std::stoul(place)];
    if (!needed.empty() && sub_type != needed)
        return {132012, "button " + place + ": sub_type must be " + needed};
    given[std::stoul(place)] = true;
    return {};
}

}  // namespace

MetaRefusal check_meta_components(const Json* components, const Fields& parent, const TemplateShape& shape,
                                  MetaMessage& out, Fault& fault) {
    bool header = false;
    bool body = false;
    bool flat_text = true;
    std::vector<bool> buttons(shape.buttons.size());
    MetaRefusal refusal;
    int index = 0;
    static const Json none = Json::array();
    for (const Json& item : components ? *components : none) {
        Fields component(item, &parent, "components", fault, index++);
        const std::string type = lower(std::string(component.text("type", Fields::required, 32)));
        if (type == "carousel") {
            component.list("cards", Fields::required, 10, 2);
        } else {
            const std::vector<Parameter> parameters = read_parameters(component, out, fault);
            for (const Parameter& parameter : parameters) flat_text = flat_text && parameter.flat;
            MetaRefusal found;
            if (type == "header") {
                header = true;
                found = check_header(parameters, shape);
            } else if (type == "body") {
                body = true;
                found = check_body(parameters, shape);
            } else if (type == "button") {
                found = check_button(component, parameters, shape, buttons);
            } else if (type != "limited_time_offer") {
                component.fail(Fault::Kind::bad_value, "type", "is not a component");
            }
            if (!refusal) refusal = std::move(found);
        }
        component.finish();
    }
    if (fault || refusal) return refusal;
    if (!header && shape.header_variables > 0) return wrong_count("header", 0, shape.header_variables);
    if (!body && shape.body_variables > 0) return wrong_count("body", 0, shape.body_variables);
    for (std::size_t i = 0; i < buttons.size(); ++i)
        if (!shape.buttons[i].empty() && !buttons[i])
            return {131008, "Button at index " + std::to_string(i) + " of type " + shape.buttons[i] +
                                " requires a parameter"};
    if (!flat_text)
        return {132018, "Param text cannot have new-line/tab characters or more than 4 consecutive spaces"};
    return {};
}

}  // namespace sim
