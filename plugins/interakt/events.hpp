// Interakt's webhooks: reports about messages, messages from people, news that Meta has for the account.
// https://www.interakt.shop/resource-center/interakts-webhooks/
#ifndef DAKIYA_INTERAKT_EVENTS_HPP
#define DAKIYA_INTERAKT_EVENTS_HPP

#include <string>
#include <vector>

#include "dakiya/event.hpp"
#include "dakiya/json.hpp"

namespace interakt {

// One object, or a list of them. currency: of the costs in it. What cannot be read becomes "other".
std::vector<dakiya::Event> read_webhook(const dakiya::Json& body, const std::string& currency);

}  // namespace interakt

#endif
