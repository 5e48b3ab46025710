// Enterprise SMS: POST https://enterprise.smsgupshup.com/GatewayAPI/rest. Failures are HTTP 200 too, and `id`
// then holds the error's code, so `status` is read first.
// https://docs.gupshup.io/docs/send-message-to-single-number
#ifndef DAKIYA_GUPSHUP_SMS_HPP
#define DAKIYA_GUPSHUP_SMS_HPP

#include <optional>
#include <vector>

#include "account.hpp"

namespace gupshup {

// Why the call cannot be made for anybody; nothing when it can. It is one text for everybody in it.
std::optional<dakiya::Error> sms_obstacle(const Account& account, const dakiya::Send& in);

// Why this person cannot be in it.
std::optional<dakiya::Error> number_obstacle(const Account& account, const dakiya::Send& in,
                                             const dakiya::Recipient& to);

// One call for all of them, who are at least one.
dakiya::Http sms_request(const Account& account, const dakiya::Send& in,
                         const std::vector<const dakiya::Recipient*>& to);

// A call that goes to nobody; its refusal (105) proves the account.
dakiya::Http sms_probe(const Account& account);

// What became of one recipient; nothing when the answer does not say.
struct SmsResult {
    bool accepted;
    std::string id;       // of the message
    dakiya::Error error;  // when it was not accepted
};
std::optional<SmsResult> sms_result(const dakiya::Reply& reply, std::string_view address, std::size_t people);

// Of an answer that has no results.
dakiya::Error sms_error(const dakiya::Reply& reply);
// The gateway, or what is before it, did not take the call: it may be made again.
bool sms_refused(const dakiya::Reply& reply);

}  // namespace gupshup

#endif
