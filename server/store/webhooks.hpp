// Raw webhook requests. They are stored before they are answered and processed afterwards.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "store/db.hpp"
#include "store/scope.hpp"

namespace dakiya::store {

struct Webhook {
    Id id = 0;
    Id tenant = 0;
    Id connection = 0;
    std::string hash;  // SHA-256 of what makes it one request, hex: unique per connection
    std::string method, url;
    std::string headers;        // JSON
    std::string body;           // of any length
    std::string state = "new";  // new, done, fault
    std::string error;          // of the last attempt
    int attempts = 0;
    std::int64_t due_at = 0;  // not processed before
    std::int64_t received_at = 0;
};

namespace webhooks {

// False when the connection sent the same request before: nothing is written.
bool insert(Session& session, const Webhook& webhook);
// The same for many. The ids of those that were written.
std::vector<Id> insert(Session& session, std::span<const Webhook> webhooks);
// Takes due rows in state new, of all tenants, by moving their due time to `until_ms`: others see them
// only after that. Oldest first, with bodies. Counts the attempt.
std::vector<Webhook> take(Session& session, std::int64_t now_ms, std::int64_t until_ms, int limit);
void finish(Session& session, std::span<const Id> webhooks);
// It could not be processed: tried again at `retry_at`, or, when that is 0, kept as a fault for people.
void fault(Session& session, const Webhook& webhook, std::string_view error, std::int64_t retry_at);

std::optional<Webhook> find(Session& session, Scope scope, Id id);
// Of all tenants: at most `limit` done ones whose lease at the last take() ended before that time. Returns
// how many went.
std::uint64_t forget(Session& session, std::int64_t taken_before_ms, int limit);

}  // namespace webhooks

}  // namespace dakiya::store
