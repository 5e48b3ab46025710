// The provider's ids of messages that came in, so that a webhook that is delivered twice is one message.
#pragma once

#include <string_view>

#include "base/id.hpp"
#include "store/db.hpp"

namespace dakiya::store::inbound_ids {

// False when it is known already.
bool insert(Session& session, Id connection, std::string_view provider_id, Id message);

}  // namespace dakiya::store::inbound_ids
