// One-time codes that 2Factor makes and checks, by SMS or by a call. It publishes neither their life time nor
// how often one may try: whoever needs both certain sends a code of his own as a template.
#ifndef DAKIYA_TWOFACTOR_OTP_HPP
#define DAKIYA_TWOFACTOR_OTP_HPP

#include "account.hpp"

namespace twofactor {

// Also otp.resend: 2Factor has no such call, so a new code goes out under a new id.
dakiya::Next send_code(const Account& account, const dakiya::Turn& turn);
dakiya::Next verify_code(const Account& account, const dakiya::Turn& turn);

}  // namespace twofactor

#endif
