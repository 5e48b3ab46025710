// Reads a JSON object field by field and remembers the first thing that is wrong, so that a reader of a
// whole document is a list of fields and one look at the end.
#pragma once

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "dakiya/json.hpp"

namespace dakiya::domain {

class Form {
public:
    // json and wrong must outlive the form. path: where the object stands, for Error::field.
    // What is not an object is wrong, and reads as an empty one.
    Form(const Json& json, std::string_view path, std::optional<Error>& wrong);

    // Any field that is not one of these is wrong.
    void only(std::initializer_list<std::string_view> fields);

    // Texts of at most `most` characters, without NUL. Required ones may not be blank.
    std::string text(std::string_view field, std::size_t most);
    std::string optional_text(std::string_view field, std::size_t most);

    double number(std::string_view field, double least, double most);

    const Json& object(std::string_view field);                   // required
    const Json& optional_object(std::string_view field);          // null when missing
    const Json& array(std::string_view field, std::size_t most);  // required, with at least one item

    bool has(std::string_view field) const { return json_.contains(field); }
    std::string path(std::string_view field) const;  // "content.text"
    void refuse(std::string_view field, std::string text);

private:
    const Json* require(std::string_view field);

    const Json& json_;
    std::string path_;
    std::optional<Error>& wrong_;
};

}  // namespace dakiya::domain
