// The business numbers of the account, which only an older generation of the API tells.
// GET /{tenant}/api/v2/whatsapp/phoneNumbers
#ifndef DAKIYA_WATI_NUMBERS_HPP
#define DAKIYA_WATI_NUMBERS_HPP

#include <string>
#include <vector>

#include "account.hpp"
#include "dakiya/provider.hpp"

namespace wati {

struct Number {
    std::string digits, channel, waba_id;
};

dakiya::Http ask_numbers(const Account& account);
// Throws Fault (BAD_REPLY) when WATI does not tell them.
std::vector<Number> read_numbers(const dakiya::Reply& reply);
// That of the settings' channel, else the first. Throws Fault (BAD_REPLY) when there is none.
Number choose_number(const Account& account, const std::vector<Number>& numbers);

}  // namespace wati

#endif
