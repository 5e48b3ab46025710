// Files that messages carry: what is known of them. The bytes are in a BlobFolder.
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

struct Media {
    Id id = 0;
    Id tenant = 0;
    std::string sha256;  // 64 hex digits
    std::int64_t size = 0;
    std::string mime, filename;
    std::string origin = "upload";  // or "inbound"
    std::int64_t created_at = 0;
};

namespace media {

// The row of these bytes: this one, or the one that the tenant has already. Nothing when the tenant would
// then have more than `most` bytes (0: no limit); uploads in the same moment may pass it together.
std::optional<Media> add(Session& session, const Media& row, std::int64_t most);

std::optional<Media> find(Session& session, Scope scope, Id id);
std::vector<Media> by_ids(Session& session, Scope scope, std::span<const Id> ids);
// Newest first, ids below `before` (0: from the newest). origin: "" for all.
std::vector<Media> list(Session& session, Scope scope, std::string_view origin, Id before, int limit);
std::int64_t bytes_of(Session& session, Scope scope);
// With what providers call it. False when there is no such file.
bool remove(Session& session, Scope scope, Id id);

// Which of these files are somebody's.
std::vector<std::string> known(Session& session, Scope scope, std::span<const std::string> sha256);

}  // namespace media

}  // namespace dakiya::store
