// Every operation but `send` and `check`: senders, media, read marks, templates, looking a message up.
// A call that Meta refuses ends in a Fault with a sentence for people: a list that ended early must not look
// like a complete one.
#ifndef DAKIYA_META_CALLS_HPP
#define DAKIYA_META_CALLS_HPP

#include <string>
#include <string_view>

#include "account.hpp"
#include "dakiya/provider.hpp"

namespace meta {

using Call = dakiya::Next (*)(const Account&, const dakiya::Turn&);

// Null when Meta has no such operation.
Call find_call(std::string_view op);

// The answer of a call that succeeded; throws Fault with a sentence for people otherwise.
const dakiya::Json& require_ok(const Account& account, const dakiya::Reply& reply);

// Stores a file of ours for 30 days; bound to the sender's number. It may be repeated: a second copy is
// harmless.
dakiya::Http upload(const Account& account, const std::string& sender, const dakiya::Media& file);

}  // namespace meta

#endif
