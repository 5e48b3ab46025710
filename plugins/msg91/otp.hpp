// One-time codes that MSG91 makes and checks. https://world.msg91.com/apidoc/otp/otp.php
#ifndef DAKIYA_MSG91_OTP_HPP
#define DAKIYA_MSG91_OTP_HPP

#include "account.hpp"

namespace msg91 {

dakiya::Next send_code(const Account& account, const dakiya::Turn& turn);
// A code belongs to the number only, so the input needs the address.
dakiya::Next verify_code(const Account& account, const dakiya::Turn& turn);
dakiya::Next resend_code(const Account& account, const dakiya::Turn& turn);

}  // namespace msg91

#endif
