// What the three APIs have in common: money, lengths, files.
#ifndef DAKIYA_MESSAGEBIRD_COMMON_HPP
#define DAKIYA_MESSAGEBIRD_COMMON_HPP

#include <cstdint>
#include <string>
#include <string_view>

#include "dakiya/phone.hpp"
#include "dakiya/provider.hpp"
#include "dakiya/reply.hpp"
#include "dakiya/text.hpp"
#include "dakiya/verdict.hpp"
#include "dakiya/waba/limits.hpp"

namespace messagebird {

// A message that cannot go out as it is, with the class of its error.
using Refused = dakiya::waba::Refused;

// The document of a call that must have succeeded; throws Fault (BAD_REPLY) with `explanation` otherwise, so
// that a list that ended early does not look like a complete one.
const dakiya::Json& require_ok(const dakiya::Reply& reply, const std::string& explanation);

// "0.00790" of "USD" is 7900 millionths. Empty when either is missing or odd.
dakiya::Price read_price(std::string_view amount, std::string_view currency);

// How many characters UTF-16 needs, which is what limits of an SMS and of WhatsApp's buttons count.
std::size_t utf16_size(std::string_view utf8);

// Is `handle` an https address on `domain` or below it? Only there may a key go with it.
bool on_domain(std::string_view handle, std::string_view domain);

// The record of a file that was fetched; throws Fault when it was not.
dakiya::Next fetched(const dakiya::Reply& reply, const std::string& handle);

}  // namespace messagebird

#endif
