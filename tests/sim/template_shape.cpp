#include "template_shape.hpp"

#include <algorithm>
#include <string_view>

namespace sim {
namespace {

using dakiya::Json;

// The names between {{ and }}, each once.
std::vector<std::string> placeholders(std::string_view text) {
    std::vector<std::string> names;
    for (std::size_t open; (open = text.find("{{")) != std::string_view::npos;) {
        const std::size_t close = text.find("}}", open);
        if (close == std::string_view::npos) break;
        std::string name(text.substr(open + 2, close - open - 2));
        if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(std::move(name));
        text.remove_prefix(close + 2);
    }
    return names;
}

std::string button_parameter(const Json& button) {
    const std::string type = button.value("type", "");
    if (type == "URL") return button.value("url", "").find("{{") == std::string::npos ? "" : "url";
    if (type == "OTP") return "url";  // reads back as URL, and the code is given again
    if (type == "COPY_CODE") return "copy_code";
    return "";
}

}  // namespace

TemplateShape shape_of(const Json& made) {
    TemplateShape shape;
    shape.status = made.value("status", "APPROVED");
    shape.category = made.value("category", "UTILITY");
    shape.named = made.value("parameter_format", "POSITIONAL") == "NAMED";
    for (const Json& component : made["components"]) {
        const std::string type = component.value("type", "");
        if (type == "HEADER") {
            shape.header = component.value("format", "TEXT");
            shape.header_variables =
                shape.header == "TEXT" ? placeholders(component.value("text", "")).size() : 1;
            if (shape.header_variables == 0) shape.header.clear();
        } else if (type == "BODY") {
            shape.body_names = placeholders(component.value("text", ""));
            shape.body_variables = shape.category == "AUTHENTICATION" ? 1 : shape.body_names.size();
        } else if (type == "BUTTONS") {
            for (const Json& button : component["buttons"]) shape.buttons.push_back(button_parameter(button));
        }
    }
    return shape;
}

TemplateShapes shapes_of(const Json& list) {
    TemplateShapes shapes;
    for (const Json& made : list)
        shapes[made.value("name", "") + ' ' + made.value("language", "")] = shape_of(made);
    return shapes;
}

}  // namespace sim
