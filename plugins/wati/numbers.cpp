#include "numbers.hpp"

#include "answer.hpp"

namespace wati {

using dakiya::Fault;
using dakiya::Http;
using dakiya::Json;
using dakiya::Reply;

Http ask_numbers(const Account& account) { return account.older_get("/v2/whatsapp/phoneNumbers"); }

std::vector<Number> read_numbers(const Reply& reply) {
    const Json body = require_done(reply);
    const Json* list = &body;  // what is around the list is not documented
    for (const char* name : {"phoneNumbers", "result", "data", "items"})
        if (body[name].is_array()) list = &body[name];
    if (!list->is_array()) throw Fault(DK_BAD_REPLY, "WATI did not list the account's numbers");
    std::vector<Number> numbers;
    for (const Json& item : *list)
        numbers.push_back(
            {item["phoneNumber"].scalar(), item["channelName"].scalar(), item["wabaId"].scalar()});
    return numbers;
}

Number choose_number(const Account& account, const std::vector<Number>& numbers) {
    if (numbers.empty()) throw Fault(DK_BAD_REPLY, "the WATI account has no number");
    for (const Number& number : numbers)
        if (!account.channel.empty() &&
            (number.channel == account.channel || number.digits == account.channel))
            return number;
    if (!account.channel.empty())
        throw Fault(DK_BAD_REPLY, "the WATI account has no channel \"" + account.channel + "\"");
    return numbers.front();
}

}  // namespace wati
