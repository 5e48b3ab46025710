// One-time codes that MSG91 makes and checks. Verification is bound to the number alone.
// Source: MSG91's "SendOTP" pages.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>

namespace sim {

class OtpBook {
public:
    static constexpr int max_retries = 3;

    // The answer of /otp/verify: type and message.
    struct Answer {
        bool success = false;
        const char* message = "";
    };

    void start(std::uint64_t number, std::string code, std::int64_t expires_ms) {
        pending_[number] = {std::move(code), expires_ms, 0, false};
    }
    Answer verify(std::uint64_t number, std::string_view code, std::int64_t now_ms);
    // The code that is sent once more; empty with `why` set when it may not be.
    std::string retry(std::uint64_t number, const char*& why);
    void clear() { pending_.clear(); }

private:
    struct Pending {
        std::string code;
        std::int64_t expires_ms = 0;
        int retries = 0;
        bool verified = false;
    };
    std::unordered_map<std::uint64_t, Pending> pending_;
};

}  // namespace sim
