// Unsubscribing with one click (RFC 8058, asked for by Gmail and Yahoo of everybody who sends in bulk): links
// that we sign, their page, and what a click means.
// https://support.google.com/a/answer/81126 https://senders.yahooinc.com/best-practices/
#ifndef DAKIYA_SMTP_UNSUBSCRIBE_HPP
#define DAKIYA_SMTP_UNSUBSCRIBE_HPP

#include <optional>
#include <string>
#include <string_view>

#include "account.hpp"
#include "dakiya/provider.hpp"

namespace smtp {

// "List-Unsubscribe: …\r\nList-Unsubscribe-Post: …\r\n", or nothing when there is no way to offer.
std::string unsubscribe_fields(const Account& account, std::string_view callback, std::string_view address,
                               std::string_view ref);

// Whose link it is; nothing when we did not sign it.
std::optional<std::string> address_of_link(const Account& account, std::string_view url);

// What the person sees: a button first (mail filters open every link of a mail), then the confirmation.
std::string unsubscribe_page(std::string_view method, std::string_view address);

}  // namespace smtp

#endif
