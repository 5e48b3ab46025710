// Files of messages that came in, on their way from the provider.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/id.hpp"
#include "store/db.hpp"
#include "store/media.hpp"
#include "store/scope.hpp"

namespace dakiya::store {

struct MediaFetch {
    Id message = 0;
    Id tenant = 0;
    Id connection = 0;
    std::string handle, url;        // as the provider named it
    std::string mime, filename;     // as the provider says
    std::string state = "waiting";  // waiting, done, failed
    Id media = 0;                   // done
    std::int64_t due_at = 0;        // of the next try
    int attempts = 0;
    std::int64_t fence = 0;
    std::string error;  // why the last try failed
};

namespace media_fetches {

void insert(Session& session, const MediaFetch& row);

struct View {
    MediaFetch fetch;
    std::optional<Media> media;  // done, and not deleted since
};
std::optional<View> of_message(Session& session, Scope scope, Id message);

bool any_due(Session& session, std::int64_t now_ms);
// Of all tenants: moves their due time to `until_ms`, so nobody else takes them until then, and counts the
// try.
std::vector<MediaFetch> take(Session& session, std::int64_t now_ms, std::int64_t until_ms, int limit);
// What was taken and is still on its way.
void renew(Session& session, std::span<const Id> messages, std::int64_t until_ms);
// Whether nobody has taken it since; locks the row until the transaction ends.
bool holds(Session& session, const MediaFetch& row);
// Writes state, media, due_at and error.
void finish(Session& session, const MediaFetch& row);

}  // namespace media_fetches

}  // namespace dakiya::store
