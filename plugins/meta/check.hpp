// The connection test: the number, whether our app gets the webhooks, the account, the token.
#ifndef DAKIYA_META_CHECK_HPP
#define DAKIYA_META_CHECK_HPP

#include "account.hpp"
#include "dakiya/provider.hpp"

namespace meta {

// Four free calls; ends with one "account" record that says what is wrong and what to do.
dakiya::Next check(const Account& account, const dakiya::Turn& turn);

// The "sender" record of a phone number as the Graph API describes it, and its rate when that is known.
void record_sender(dakiya::Next& next, const dakiya::Json& number);

}  // namespace meta

#endif
