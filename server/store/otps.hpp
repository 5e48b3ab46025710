// One-time passwords and when codes were sent. domain/otp has the rules, send/otp the flow.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "domain/otp.hpp"
#include "store/db.hpp"
#include "store/scope.hpp"

namespace dakiya::store {

enum class OtpMode : std::int16_t { host = 1, native = 2 };

struct Otp {
    Id id = 0;
    Id tenant = 0;
    domain::OtpState state = domain::OtpState::pending;
    OtpMode mode = OtpMode::host;
    std::string address;
    std::string client;  // whoever asked the caller for it; empty: not told
    Id connection = 0;
    std::string channel;
    std::string steps;  // JSON, domain/route; empty in native mode
    int step = 0;       // of steps, the one used last
    std::string hash;   // of the code, keyed; empty in native mode
    std::string provider_id;
    int length = 0;
    std::int64_t expiry_s = 0;
    int attempts = 0, sends = 0;
    Id message = 0;    // the last one that carried a code; 0 in native mode
    std::string text;  // why it failed, for a person
    std::int64_t created_at = 0, sent_at = 0, expires_at = 0, ended_at = 0;
};

namespace otps {

void create(Session& session, const Otp& otp);
std::optional<Otp> find(Session& session, Scope scope, Id id);
// Locked until the transaction ends: an attempt is counted before anybody else may try.
std::optional<Otp> find_locked(Session& session, Scope scope, Id id);
// Writes everything but id, tenant, mode, address, client and created_at.
void update(Session& session, const Otp& otp);

// What the limits look at.
domain::OtpSends sends(Session& session, Scope scope, const std::string& address, const std::string& client,
                       const domain::OtpLimits& limits);
void note_send(Session& session, Scope scope, const std::string& address, const std::string& client,
               std::int64_t now_ms);

// Of all tenants. Returns how many rows went.
std::uint64_t forget(Session& session, std::int64_t created_before, int limit);
std::uint64_t forget_sends(Session& session, std::int64_t sent_before, int limit);

}  // namespace otps

}  // namespace dakiya::store
