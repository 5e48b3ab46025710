// dakiya/verdict.hpp - how the operation "check" ends.
#ifndef DAKIYA_VERDICT_HPP
#define DAKIYA_VERDICT_HPP

#include <string>
#include <utility>

#include "dakiya/provider.hpp"

namespace dakiya {

// Does the account work? `text` says it in plain words: what is wrong and what to do. `more`: what else is
// known, such as the account's "name" and "status", or the "class" of the error.
inline Next verdict(bool ok, std::string text, const Json& more = Json::object()) {
    Json account{{"ok", ok}, {"text", std::move(text)}};
    for (const auto& [key, value] : more.members()) account.set(key, value);
    return Next::done().record("account", account);
}

}  // namespace dakiya

#endif
