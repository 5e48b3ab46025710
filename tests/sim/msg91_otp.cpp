#include "msg91_otp.hpp"

namespace sim {

// A used code is answered with "already verified", which clients must not take for a success.
OtpBook::Answer OtpBook::verify(std::uint64_t number, std::string_view code, std::int64_t now_ms) {
    const auto found = pending_.find(number);
    if (found == pending_.end()) return {false, "Mobile no. not found"};
    Pending& pending = found->second;
    if (pending.verified) return {true, "Mobile no. already verified"};
    if (now_ms >= pending.expires_ms) return {false, "OTP expired"};
    if (code != pending.code) return {false, "OTP not match"};
    pending.verified = true;
    return {true, "OTP verified success"};
}

std::string OtpBook::retry(std::uint64_t number, const char*& why) {
    const auto found = pending_.find(number);
    if (found == pending_.end() || found->second.verified) {
        why = "No OTP request found to retryotp";
        return {};
    }
    if (found->second.retries >= max_retries) {
        why = "OTP retry count maxed out";
        return {};
    }
    ++found->second.retries;
    return found->second.code;
}

}  // namespace sim
