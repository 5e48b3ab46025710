// Whether too large a share of a campaign's messages failed, once reports are counted too. Reports alone
// cannot tell: some providers report failures only, and with several servers each hears a part. So the
// outcomes are looked at, which are the same for all.
#pragma once

#include <optional>

#include "domain/stop_rules.hpp"
#include "store/db.hpp"
#include "store/scope.hpp"

namespace dakiya::receive {

// Why the campaign is to be paused, by the messages up to `message`. Nothing when it does not send, has no
// such rule, or another step of its route follows the failures.
std::optional<domain::StopReason> too_many_failed(store::Session& session, store::Scope scope, Id campaign,
                                                  Id message);

}  // namespace dakiya::receive
