// What the three APIs have in common: reading answers that may be anything, times, money.
#ifndef DAKIYA_MESSAGEBIRD_COMMON_HPP
#define DAKIYA_MESSAGEBIRD_COMMON_HPP

#include <cstdint>
#include <string>
#include <string_view>

#include "dakiya/provider.hpp"
#include "dakiya/waba/limits.hpp"

namespace messagebird {

// A message that cannot go out as it is, with the class of its error.
using Refused = dakiya::waba::Refused;

// The member as text when it is a text or a number, else "": for fields that may be missing or odd.
std::string word(const dakiya::Json& object, std::string_view key);

// ASCII letters only.
std::string upper(std::string text);

// A provider's words, cut to 500 bytes between two characters.
std::string shortened(std::string text);

// The reply's document when it is a JSON object, else null. Lives as long as the reply.
const dakiya::Json* object_of(const dakiya::Reply& reply);

// The document of a call that must have succeeded; throws Fault (BAD_REPLY) with `explanation` otherwise, so
// that a list that ended early does not look like a complete one.
const dakiya::Json& require_ok(const dakiya::Reply& reply, const std::string& explanation);

// Of the header Retry-After in seconds; 0 when it is missing or a date.
std::int64_t retry_after_ms(const dakiya::Reply& reply);

// "0.00790" of "USD" is 7900 millionths. Empty when either is missing or odd.
dakiya::Price read_price(std::string_view amount, std::string_view currency);

// How many characters UTF-16 needs, which is what limits of an SMS and of WhatsApp's buttons count.
std::size_t utf16_size(std::string_view utf8);

// "+919812345678" and "919812345678" → "919812345678".
std::string digits_of(std::string_view address);

// "919812345678" → "+919812345678"; what is no number becomes empty.
std::string phone_of(std::string_view text);

// "check": a verdict without a reply to read more from.
dakiya::Next verdict(bool ok, const std::string& text, const std::string& name = {});

// The sentence of a call that got no answer at all.
std::string unreachable(const dakiya::Reply& reply);

// Is `handle` an https address on `domain` or below it? Only there may a key go with it.
bool on_domain(std::string_view handle, std::string_view domain);

// The record of a file that was fetched; throws Fault when it was not.
dakiya::Next fetched(const dakiya::Reply& reply, const std::string& handle);

}  // namespace messagebird

#endif
