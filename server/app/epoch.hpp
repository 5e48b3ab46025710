// A server remembers how far its database had come, in its data folder. A database that is behind was
// restored from a backup: what it would send may have been sent since, so nothing starts until an operator
// has decided (docs/operate.md).
#pragma once

#include <cstdint>
#include <filesystem>

#include "app/config.hpp"
#include "store/writer.hpp"

namespace dakiya::app {

std::int64_t remembered_epoch(const Config& config);  // 0: nothing yet
void remember_epoch(const Config& config, std::int64_t epoch);

// The Error is what an operator must decide.
Result<void> check_epoch(const Config& config, std::int64_t found);

// Raises the epoch and remembers it. The Error: the database fell behind, under a server that runs.
Result<void> advance_epoch(const Config& config, store::Writer& writer);

}  // namespace dakiya::app
