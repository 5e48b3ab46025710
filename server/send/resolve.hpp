// Sending an uncertain message once more, because a person has decided so: as a new single message that
// follows the old one.
#pragma once

#include "base/result.hpp"
#include "store/messages.hpp"

namespace dakiya::send {

// Inside a unit. Conflict when the old one has a successor already. The new one is due at once; should the
// old one turn out sent before that, it is skipped (send/overtaken).
Result<store::Message> resend(store::Session& session, const store::Message& old, std::int64_t now_ms);

}  // namespace dakiya::send
