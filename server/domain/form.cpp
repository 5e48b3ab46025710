#include "domain/form.hpp"

#include <algorithm>

#include "base/text.hpp"

namespace dakiya::domain {

namespace {

const Json& null() {
    static const Json json;
    return json;
}

}  // namespace

Form::Form(const Json& json, std::string_view path, std::optional<Error>& wrong)
    : json_(json), path_(path), wrong_(wrong) {
    if (!json.is_object()) refuse("", std::string("expected an object, found ") + json.type_name());
}

std::string Form::path(std::string_view field) const {
    if (path_.empty()) return std::string(field);
    return field.empty() ? path_ : path_ + "." + std::string(field);
}

void Form::refuse(std::string_view field, std::string text) {
    if (!wrong_) wrong_ = invalid(path(field), std::move(text));
}

void Form::only(std::initializer_list<std::string_view> fields) {
    if (!json_.is_object()) return;
    for (const auto& member : json_.members()) {
        if (std::find(fields.begin(), fields.end(), member.first) != fields.end()) continue;
        std::string known;
        for (const auto field : fields) known += (known.empty() ? "" : ", ") + std::string(field);
        refuse(utf8_prefix(member.first, 64), "unknown field; known here: " + known);
    }
}

const Json* Form::require(std::string_view field) {
    const Json* found = json_.find(field);
    if (!found) refuse(field, "is missing");
    return found;
}

std::string Form::text(std::string_view field, std::size_t most) {
    if (!require(field)) return {};
    std::string text = optional_text(field, most);
    if (trim(text).empty()) refuse(field, "is empty");
    return text;
}

std::string Form::optional_text(std::string_view field, std::size_t most) {
    const Json* found = json_.find(field);
    if (!found) return {};
    if (!found->is_string()) {
        refuse(field, std::string("expected text, found ") + found->type_name());
        return {};
    }
    const std::string& text = found->text();
    if (text.find('\0') != std::string::npos) refuse(field, "has a NUL character in it");
    if (const auto length = utf8_length(text); length > most)
        refuse(field, "has " + std::to_string(length) + " characters; at most " + std::to_string(most) +
                          " are allowed");
    return text;
}

double Form::number(std::string_view field, double least, double most) {
    const Json* found = require(field);
    if (!found) return 0;
    if (!found->is_number()) {
        refuse(field, std::string("expected a number, found ") + found->type_name());
        return 0;
    }
    const double number = found->number();
    if (number < least || number > most)
        refuse(field, "must be from " + Json(least).dump() + " to " + Json(most).dump());
    return number;
}

const Json& Form::object(std::string_view field) { return require(field) ? optional_object(field) : null(); }

const Json& Form::optional_object(std::string_view field) {
    const Json* found = json_.find(field);
    if (!found) return null();
    if (!found->is_object()) {
        refuse(field, std::string("expected an object, found ") + found->type_name());
        return null();
    }
    return *found;
}

const Json& Form::array(std::string_view field, std::size_t most) {
    const Json* found = require(field);
    if (!found) return null();
    if (!found->is_array()) {
        refuse(field, std::string("expected an array, found ") + found->type_name());
        return null();
    }
    if (found->empty() || found->size() > most)
        refuse(field, "must have 1 to " + std::to_string(most) + " items");
    return *found;
}

}  // namespace dakiya::domain
