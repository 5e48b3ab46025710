// Which column of a customer file means what.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.hpp"
#include "dakiya/json.hpp"

namespace dakiya::audience {

// What the caller chose, by column name. All empty: by the names of the columns.
struct Mapping {
    std::string phone, name, email;
    std::vector<std::pair<std::string, std::string>> attributes;  // attribute → column
    std::vector<std::string> tags;                                // for every contact of the file

    bool automatic() const { return phone.empty() && name.empty() && email.empty() && attributes.empty(); }
};

// {"phone":"Mobile","name":"Full name","email":"Mail","attributes":{"city":"City"},"tags":["new"]}
Result<Mapping> parse_mapping(const Json& json);
Json to_json(const Mapping& mapping);

// The same as positions in the file at hand.
struct Columns {
    std::optional<std::size_t> phone, name, email;
    std::vector<std::pair<std::string, std::size_t>> attributes;
    std::size_t count = 0;
};

// Automatic: obvious names ("Mobile No.", "Full Name", "E-mail") are found in any case and spelling, every
// other column becomes an attribute of its name. The Error names the columns that the file has.
Result<Columns> find_columns(const Mapping& mapping, const std::vector<std::string>& header);

inline constexpr std::size_t attribute_name_bytes = 64;
inline constexpr std::size_t attribute_bytes = 1000;
inline constexpr std::size_t attributes_most = 100;
inline constexpr std::size_t tag_bytes = 64;
inline constexpr std::size_t tags_most = 50;

// What may stand between {{ and }} (domain/placeholder.hpp): no braces, no bar, no control characters.
bool is_attribute_name(std::string_view name);
bool is_tag(std::string_view tag);

}  // namespace dakiya::audience
