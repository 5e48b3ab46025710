// What a send is checked against: a WhatsApp template in Meta's JSON, reduced to its variables.
#pragma once

#include "dakiya/json.hpp"

#include <string>
#include <unordered_map>
#include <vector>

namespace sim {

struct TemplateShape {
    std::string status;
    std::string category;
    bool named = false;
    std::string header;  // "", TEXT (with a variable), IMAGE, VIDEO, DOCUMENT, LOCATION
    std::size_t header_variables = 0;
    std::size_t body_variables = 0;
    std::vector<std::string> body_names;
    std::vector<std::string> buttons;  // per button the sub_type that needs a parameter, or ""
};

TemplateShape shape_of(const dakiya::Json& made);

using TemplateShapes = std::unordered_map<std::string, TemplateShape>;  // by "name language"
TemplateShapes shapes_of(const dakiya::Json& list);

}  // namespace sim
