// Webhooks. Nothing in them is signed, and their JSON is written by the account's owner from placeholders
// ({{requestId}}, …), so both families of names are read, values may be missing or left as "{{name}}", and
// some hold JSON as text. One request for each recipient, even of a batch.
// https://msg91.com/help/webhook-new, older forms: https://msg91.com/help/webhooks
#ifndef DAKIYA_MSG91_EVENTS_HPP
#define DAKIYA_MSG91_EVENTS_HPP

#include <initializer_list>
#include <optional>
#include <string>
#include <vector>

#include "account.hpp"

namespace msg91 {

// One event for each thing in the request. Throws JsonError when it is not one of MSG91's forms.
std::vector<dakiya::Event> read_webhook(const Account& account, const dakiya::Inbound& in);

// The first of these fields that has a value, as text: what is not there, "", or an unknown placeholder
// that MSG91 left as "{{name}}" has none. Arrays and objects come as JSON.
std::string field(const dakiya::Json& json, std::initializer_list<const char*> names);

// Our own reference: MSG91 writes "0" when none was given.
std::string reference(const dakiya::Json& json);

// MSG91's word or number for the state of an SMS or a WhatsApp message; nothing when it is not known.
std::optional<dakiya::Status> sms_status_of(const std::string& word);
std::optional<dakiya::Status> whatsapp_status_of(const std::string& word);

}  // namespace msg91

#endif
