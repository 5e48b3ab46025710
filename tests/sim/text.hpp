// Words, forms, digests: what every provider's wire format is made of.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sim {

bool same_word(std::string_view a, std::string_view b);  // ASCII, any case
std::string_view trim(std::string_view text);            // spaces and tabs
bool all_digits(std::string_view text);                  // and not empty
bool is_hex(std::string_view text, std::size_t size);
std::vector<std::string_view> split(std::string_view text, char separator);
std::size_t count_code_points(std::string_view utf8);

// The digits of a number as a value: "+91 98123-45678" → 919812345678. Empty unless 1 to 18 digits.
std::optional<std::uint64_t> digits_of(std::string_view number);
// As digits_of() of 8 to 15 bare digits, with the country code; 0 when it is something else.
std::uint64_t bare_number(std::string_view text);
bool contains(const std::vector<std::string>& list, std::string_view word);

// application/x-www-form-urlencoded, in the order of the wire.
using Form = std::vector<std::pair<std::string, std::string>>;
Form parse_form(std::string_view encoded);
std::string encode_form(const Form& form);
std::string percent_decode(std::string_view text, bool plus_is_space = false);
std::string percent_encode(std::string_view text);  // all but unreserved characters
const std::string* find(const Form& form, std::string_view key);
std::string field(const Form& form, std::string_view key);  // empty when there is none

// OpenSSL; they throw std::runtime_error when it fails.
std::string hmac_sha256(std::string_view key, std::string_view text);  // raw bytes
std::string hmac_sha1(std::string_view key, std::string_view text);    // raw bytes
std::string sha256(std::string_view text);                             // raw bytes
std::string hex(std::string_view bytes);                               // lower case
std::string base64(std::string_view bytes);
std::string base64_decode(std::string_view text);  // empty when it is not base64

// One part of a multipart/form-data body.
struct Part {
    std::string name;
    std::string file_name;
    std::string type;
    std::string_view data;  // into the body
};
// Nothing when the body does not follow RFC 7578.
std::optional<std::vector<Part>> parse_multipart(std::string_view content_type, std::string_view body);
const Part* find(const std::vector<Part>& parts, std::string_view name);

}  // namespace sim
