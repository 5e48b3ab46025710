// Those whom an earlier campaign did not reach, page by page along its messages. Somebody who was followed
// already (by another retry, or a step of a route) counts as the newest of these messages stands; so a
// campaign that is retried twice reaches nobody twice.
#pragma once

#include "send/audience.hpp"

namespace dakiya::send {

AudiencePage retry_page(store::Session& session, store::Scope scope, const Audience& audience, Id cursor,
                        int limit);
// From the counters of the campaign.
std::int64_t retry_size(store::Session& session, store::Scope scope, const Audience& audience);

}  // namespace dakiya::send
