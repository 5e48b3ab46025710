// {{field}} and {{field|fallback}}: what one person puts into the texts of a message.
//
// field: name, first_name, phone, email, or the name of an attribute. Spaces around it and around the
// fallback do not count. A person without the field gets the fallback; without a fallback that person is
// skipped: nobody ever receives a blank. There is no way to write "{{" or "}}" as plain text.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "dakiya/json.hpp"
#include "domain/content.hpp"

namespace dakiya::domain {

struct Person {
    std::string name, phone, email;
    const Json* attributes = nullptr;  // an object of texts, numbers, true/false; may be null. Not owned.
};

// Whether every placeholder of the text is well formed; the error's field is `path`.
Result<void> check_placeholders(std::string_view text, std::string_view path);

// The same for HTML, where style sheets end with "}}" too.
Result<void> check_html_placeholders(std::string_view html, std::string_view path);

// The fields of a text's placeholders, in order, without repeats; broken ones are passed over.
std::vector<std::string> placeholder_fields(std::string_view text);

// What this person puts in.
//   template: {"1":"Asha","button.0":"A-17"}, each variable with its final text.
//   others:   {"name":"Asha"}, the values of the placeholders used; those that take their fallback are
//             not in it (render_text takes the fallback from the pattern).
// Code::invalid when a value is missing and has no fallback: `field` is the missing field. The message is
// then skipped with reason::missing_variable (domain/admission.hpp).
// Code::too_large when the result is over limit::content bytes as JSON: reason::variables_too_large.
Result<Json> resolve(const Content& content, const Person& person);

// The text with its placeholders filled from what resolve returned. Also renders a provider's template
// text ("Hi {{1}}") with the params of a template. A field without value and fallback stays as written.
std::string render_text(std::string_view pattern, const Json& params);

// An e-mail's subject, HTML and attachments, filled. What a person's values bring into the HTML is text
// there (escaped), and into the subject one line.
Json render_email(const Json& email, const Json& params);

// The same for every text inside a JSON value: Content::media, interactive, location, contacts.
Json render_json(const Json& pattern, const Json& params);

}  // namespace dakiya::domain
