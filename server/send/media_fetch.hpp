// The file of a message that came in, on its way from the provider: by its operation media.fetch, or from the
// address that the event named.
#pragma once

#include <functional>
#include <memory>

#include "send/media_transfers.hpp"

namespace dakiya::send {

struct Fetched {
    store::MediaFetch row;                      // as it is to be stored
    std::shared_ptr<store::IncomingBlob> file;  // read; null: it did not come
    std::string mime;                           // of the file
};

// Begins the fetch; `done` is called on a worker, or at once when it cannot begin. Reads the store.
void fetch(const std::shared_ptr<const MediaTransfers::Parts>& parts, const store::MediaFetch& row,
           std::function<void(Fetched)> done);

// What is to be stored when a try ended so. It is tried again when the provider could not be reached, or
// refused (Code::unavailable, Code::provider_refused).
store::MediaFetch fetch_failed(store::MediaFetch row, const Error& why, std::int64_t now_ms);

// Enters the file as the tenant's and notes it at the message, unless somebody else has taken the row since.
// Inside a writer's unit.
void store_fetched(store::Session& session, const MediaTransfers::Parts& parts, const Fetched& fetched);

}  // namespace dakiya::send
