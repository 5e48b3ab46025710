// Reports that a message failed because its provider cannot use the file any more (an error's "media":
// "gone"): the file is uploaded again, so that what is sent next arrives (docs/design.md 6.12).
#pragma once

#include <vector>

#include "dakiya/json.hpp"
#include "store/messages.hpp"

namespace dakiya::receive {

// Whether a status event says so.
bool tells_file_gone(const Json& event);

// failed: outcomes as they are now, of which such an event told. Handles that were made after the message had
// left stay. Inside a writer's unit.
void give_up_files(store::Session& session, const std::vector<store::Outcome>& failed, std::int64_t now_ms);

}  // namespace dakiya::receive
