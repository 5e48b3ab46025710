// The body of a callback as names and values. Customers design it, and Kaleyra puts the values in as text: a
// quote in a person's message makes the JSON invalid.
// https://developers.kaleyra.io/docs/create-callback-profile-for-sms
#ifndef DAKIYA_KALEYRA_FIELDS_HPP
#define DAKIYA_KALEYRA_FIELDS_HPP

#include <initializer_list>
#include <string>
#include <string_view>

#include "dakiya/provider.hpp"

namespace kaleyra {

// From JSON, a form, or the query of a GET; names in small letters, nested values left out. Throws JsonError
// when the body is none of these.
dakiya::Form fields_of(const dakiya::Inbound& in);

// JSON whose values were not escaped: each value reaches to the quote before the next name or the end.
dakiya::Form lenient_fields(std::string_view text);

// The first of the names that has a value; a placeholder that was not filled in ("<reason>") is none.
std::string first_of(const dakiya::Form& fields, std::initializer_list<std::string_view> names);

}  // namespace kaleyra

#endif
