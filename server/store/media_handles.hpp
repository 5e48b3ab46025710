// How connections take files: by the provider's handle (which ends, and may belong to one sender) or by an
// address of ours. A row is wanted until somebody has uploaded the file, and wanted again before it ends.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/id.hpp"
#include "store/db.hpp"
#include "store/scope.hpp"

namespace dakiya::store {

struct MediaHandle {
    Id id = 0;
    Id tenant = 0;
    Id connection = 0;
    std::string sender;  // "" for the connection's default
    Id media = 0;
    std::string state = "wanted";  // wanted, ready, failed
    std::string handle, url;       // one of them, once it was ready
    std::int64_t expires_at = 0;   // Unix ms; 0: does not end
    std::int64_t renew_at = 0;     // Unix ms; 0: never
    std::int64_t due_at = 0;       // of the next try
    int attempts = 0;
    std::int64_t fence = 0;
    std::string error;          // why the last try failed
    std::int64_t ready_at = 0;  // Unix ms: when handle or url was made; 0: not, or not known

    // From then on (Unix ms) no message may be sent that names it; 0: no end.
    std::int64_t usable_until() const;
    // Whether a message may be sent that names it.
    bool usable(std::int64_t now_ms) const;
    // Usable, and want() would change nothing.
    bool at_rest(std::int64_t now_ms) const;
};

// Which file, for whom.
struct MediaKey {
    Id connection = 0;
    std::string sender;
    Id media = 0;
};

namespace media_handles {

std::optional<MediaHandle> find(Session& session, Scope scope, const MediaKey& key);

// Makes sure that somebody uploads it when it is not there, or ends soon; the row as it is then. afresh: a
// try that has failed for good is made again.
MediaHandle want(Session& session, Scope scope, const MediaKey& key, bool afresh, std::int64_t now_ms);

// What has failed for good is tried again, for all senders.
void try_again(Session& session, Scope scope, Id connection, Id media, std::int64_t now_ms);

bool any_due(Session& session, std::int64_t now_ms);
// Of all tenants: moves their due time to `until_ms`, so nobody else takes them until then, and counts the
// try.
std::vector<MediaHandle> take(Session& session, std::int64_t now_ms, std::int64_t until_ms, int limit);
// What was taken and is still on its way.
void renew(Session& session, std::span<const Id> ids, std::int64_t until_ms);
// Writes how a try ended (all but the key), unless somebody else has taken the row since.
void finish(Session& session, const MediaHandle& row);

// The provider cannot use what this row names: nothing is sent with it any more, and it is uploaded again.
// Nothing happens when the row names something else by now.
void gone(Session& session, const MediaHandle& row, std::int64_t now_ms);

// The connection's settings changed: its handles may be another account's.
void forget(Session& session, Scope scope, Id connection);

}  // namespace media_handles

}  // namespace dakiya::store
