// Asks for the uploads that a campaign needs, before it begins and again before they end
// (docs/design.md 6.12).
#pragma once

#include <cstdint>

#include "base/result.hpp"
#include "send/connections.hpp"
#include "store/campaigns.hpp"
#include "store/writer.hpp"

namespace dakiya::send {

// Of a campaign that is sending: true when its files are where its provider takes them, false while they are
// on their way. The Error is why they cannot get there, for a person. Costs nothing for a campaign without
// files.
Result<bool> prepare_media(store::Database& db, store::Writer& writer, Connections& connections,
                           const store::Campaign& campaign, std::int64_t now_ms);

// The campaign goes on after it was paused: uploads that had failed are tried again. Inside a writer's unit.
void want_media_again(store::Session& session, const store::Campaign& campaign, std::int64_t now_ms);

}  // namespace dakiya::send
