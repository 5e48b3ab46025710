// Recurring campaigns. The campaign that a person made is the series: it stays `scheduled`, its scheduled_at
// is the next occurrence. Each occurrence becomes a campaign of its own, in the transaction that moves the
// series on, so there is one run per occurrence however many servers look, and whatever stops in between.
#pragma once

#include <optional>

#include "base/clock.hpp"
#include "domain/plan.hpp"
#include "store/campaigns.hpp"
#include "store/writer.hpp"

namespace dakiya::send {

// An occurrence that is later than this (the server was down) is noted as missed and not run.
inline constexpr std::int64_t series_patience_ms = 3'600'000;

// When the plan's schedule begins next, at `from` or later, or nothing when it has ended. A plan without a
// schedule has none. Unix ms.
std::optional<std::int64_t> next_start(const domain::Plan& plan, const std::string& tenant_zone,
                                       std::int64_t from);

// Does what is due of a series: starts the newest occurrence, notes the missed ones, moves on to the next one
// or completes the series. Nothing when another server was faster.
void run_series(store::Database& db, store::Writer& writer, const store::Campaign& series,
                std::int64_t now_ms);

}  // namespace dakiya::send
