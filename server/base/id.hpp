// Ids. Every row of every table is named by one 63-bit number out of one space per database
// (store/ids hands out blocks), so the messages of a campaign are consecutive and a chunk of them is one
// primary-key range. Outside they are text: a prefix that says what it is, and 13 characters that sort
// like the number: "msg_000000000f3k2".
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace dakiya {

using Id = std::int64_t;  // > 0; 0 means none

namespace prefix {
inline constexpr std::string_view tenant = "ten";
inline constexpr std::string_view key = "key";
inline constexpr std::string_view connection = "con";
inline constexpr std::string_view contact = "cnt";
inline constexpr std::string_view import = "imp";
inline constexpr std::string_view message = "msg";
inline constexpr std::string_view campaign = "cmp";
inline constexpr std::string_view tmpl = "tpl";
inline constexpr std::string_view event = "evt";
inline constexpr std::string_view webhook = "whk";
}  // namespace prefix

std::string format_id(std::string_view prefix, Id id);

// Nothing when the prefix differs, a character is not of the alphabet, or the number is not positive.
std::optional<Id> parse_id(std::string_view prefix, std::string_view text);

// 16 random bytes from the system as 32 hex digits: node names, lease owners, request ids.
std::string random_token();

}  // namespace dakiya
