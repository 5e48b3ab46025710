// Answers to requests that carried an Idempotency-Key
// (https://datatracker.ietf.org/doc/html/draft-ietf-httpapi-idempotency-key-header).
//
// begin() leaves a mark; finish() keeps the answer and belongs into the unit that does the work, so that
// a mark without an answer means that nothing was done.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "store/db.hpp"
#include "store/scope.hpp"

namespace dakiya::store {

struct Idempotent {
    enum class State {
        started,      // the mark is ours: do it
        in_progress,  // an equal request is running
        replay,       // done before: answer with status and body
        mismatch      // the key was used for another request
    };
    State state = State::started;
    int status = 0;
    std::string body;
};

namespace idempotency {

// A mark without an answer that is older than `abandoned_before_ms` is taken over: its server died.
Idempotent begin(Session& session, Scope scope, std::string_view key, std::string_view request_hash,
                 std::int64_t now_ms, std::int64_t abandoned_before_ms);
// `body` has at most 65,535 bytes. False when the mark is gone or is another request's: undo the work.
bool finish(Session& session, Scope scope, std::string_view key, std::string_view request_hash, int status,
            std::string_view body);
// The same two for work of one transaction, which needs no mark of its own. find() says `started` when the
// key is free; keep() belongs into the same transaction.
Idempotent find(Session& session, Scope scope, std::string_view key, std::string_view request_hash,
                std::int64_t abandoned_before_ms);
void keep(Session& session, Scope scope, std::string_view key, std::string_view request_hash, int status,
          std::string_view body, std::int64_t now_ms);
// Takes the mark away when nothing was done, so that the client may try again at once.
void abandon(Session& session, Scope scope, std::string_view key, std::string_view request_hash);
// Of all tenants, at most `limit` of those made before that time. Returns how many went.
std::uint64_t forget(Session& session, std::int64_t made_before_ms, int limit);

}  // namespace idempotency

}  // namespace dakiya::store
