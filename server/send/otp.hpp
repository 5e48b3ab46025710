// One-time passwords (docs/design.md 6.6): a code is made and sent, tried, sent again. The rules are in
// domain/otp. The code is in the message's variables, sealed, and as a keyed hash; nobody is told it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "domain/otp.hpp"
#include "domain/route.hpp"
#include "security/vault.hpp"
#include "send/service.hpp"
#include "store/ids.hpp"
#include "store/otps.hpp"
#include "store/writer.hpp"

namespace dakiya::send {

struct OtpRequest {
    std::string address;  // as messages carry it
    std::string client;   // whoever asked the caller, such as an IP address; empty: not told
    // The first is used now, the others to send again; contents hold {{code}}.
    std::vector<domain::Step> steps;
    bool native = false;        // the provider makes the code: one step, without content
    std::string template_name;  // native: the provider's
    int length = domain::otp::usual;
    std::int64_t expiry_s = domain::otp::usual_expiry_s;
};

// What became of a wish to have a code sent. `wait`: it was not sent, the limits forbid it for now.
struct OtpSent {
    store::Otp otp;
    std::optional<domain::OtpWait> wait;
};

// What a try came to; `verified` only for the one that was right, once.
struct OtpTried {
    store::Otp otp;
    bool verified = false;
};

// [any thread] Blocks on the store; native mode on the provider, 20 s at most.
class Otps {
public:
    // All must outlive this.
    struct Parts {
        store::Database& db;
        store::Writer& writer;
        store::Ids& ids;
        security::Vault& vault;
        Service& service;
        const Clock& clock;
        domain::OtpLimits limits;
    };

    explicit Otps(const Parts& parts) : parts_(parts) {}

    Result<OtpSent> start(store::Scope scope, const OtpRequest& request);
    // A new code; the old one is void, what was tried of it counts. channel: of the step to use, empty for
    // the next one. Code::conflict when it is not pending any more.
    Result<OtpSent> resend(store::Scope scope, Id id, const std::string& channel);
    Result<OtpTried> verify(store::Scope scope, Id id, const std::string& code);
    Result<store::Otp> cancel(store::Scope scope, Id id);
    // As it is at this moment.
    Result<store::Otp> find(store::Scope scope, Id id);

private:
    Result<OtpSent> send_own(store::Scope scope, store::Otp otp, const domain::Step& step, bool first);
    Result<OtpSent> send_native(store::Scope scope, store::Otp otp, const Json& input, bool first);
    Result<OtpTried> verify_native(store::Scope scope, store::Otp otp, const std::string& code);
    std::optional<domain::OtpWait> wait_of(store::Session& session, const store::Otp& otp) const;
    Result<std::string> hash_of(const store::Otp& otp, const std::string& code);

    const Parts parts_;
};

}  // namespace dakiya::send
