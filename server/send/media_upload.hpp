// One file on its way to a provider: by its operation media.upload, or, where it has none, by an address of
// ours.
#pragma once

#include <functional>
#include <memory>

#include "send/media_transfers.hpp"

namespace dakiya::send {

// Begins the upload; `done` gets the row as it is to be stored, on a worker or at once. Reads the store.
void upload(const std::shared_ptr<const MediaTransfers::Parts>& parts, const store::MediaHandle& row,
            std::function<void(store::MediaHandle)> done);

}  // namespace dakiya::send
