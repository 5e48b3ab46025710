// Who is asking: "Authorization: Bearer dk_live_…" → the key's tenant and permissions. Answers are kept
// for five seconds, so a busy client costs one look-up in five seconds and a revoked key works at most
// that much longer. [any thread]
#pragma once

#include <cstdint>
#include <mutex>
#include <string>
#include <unordered_map>

#include "api/route.hpp"
#include "base/clock.hpp"
#include "store/db.hpp"
#include "store/writer.hpp"

namespace dakiya::api {

class Authenticator {
public:
    Authenticator(store::Database& database, store::Writer& writer, const Clock& clock)
        : database_(database), writer_(writer), clock_(clock) {}

    // Error: unauthorized. Throws store::DbError.
    Result<Caller> identify(const Request& request);

private:
    struct Known {
        Caller caller;
        std::int64_t expires_at = 0;  // Unix ms; 0: never
        Steady until;
    };

    Result<Known> look_up(const std::string& hash);

    store::Database& database_;
    store::Writer& writer_;
    const Clock& clock_;
    std::mutex mutex_;
    std::unordered_map<std::string, Known> known_;  // by hash of the key
};

// "read send" → permissions; words that are not known are left out.
std::vector<Permission> parse_permissions(std::string_view words);

}  // namespace dakiya::api
