// The partner portal's login: a client secret gets a partner token of a day, and that the app's token.
// https://partner-docs.gupshup.io/reference/post_partner-account-login, …/get_partner-app-appid-token
#ifndef DAKIYA_GUPSHUP_LOGIN_HPP
#define DAKIYA_GUPSHUP_LOGIN_HPP

#include <string>

#include "account.hpp"

namespace gupshup {

// `authorize`: gives the app's token as the credential {"app_token", "expires_at"}. Accounts that do not log
// in need none and get none.
dakiya::Next authorize(const Account& account, const dakiya::Turn& turn);

// The account with the token of this turn's credential. Call it only when there is one.
Account logged_in(const Account& account, const dakiya::Turn& turn);

// The app's token was refused: the host logs in and comes again, once.
bool token_refused(const Account& account, const dakiya::Turn& turn);
dakiya::Next ask_for_login(std::string text);

}  // namespace gupshup

#endif
