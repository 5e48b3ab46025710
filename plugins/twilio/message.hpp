// A send as the form of POST /Messages.json, with Twilio's limits checked before anything goes out.
// https://www.twilio.com/docs/messaging/api/message-resource#create-a-message-resource
#ifndef DAKIYA_TWILIO_MESSAGE_HPP
#define DAKIYA_TWILIO_MESSAGE_HPP

#include <stdexcept>
#include <string>
#include <utility>

#include "account.hpp"
#include "dakiya/provider.hpp"

namespace twilio {

// A message that Twilio would not take: the recipient's result, nothing is sent.
class Refused : public std::runtime_error {
public:
    explicit Refused(dakiya::Error error) : std::runtime_error(error.text), error_(std::move(error)) {}
    Refused(std::string cls, std::string text)
        : Refused(dakiya::Error{std::move(cls), "", std::move(text)}) {}
    const dakiya::Error& error() const { return error_; }

private:
    dakiya::Error error_;
};

// The call for the one recipient of `in`. Throws Refused.
dakiya::Http create_message(const Account& account, const dakiya::Send& in);

}  // namespace twilio

#endif
