// The header Retry-After (https://www.rfc-editor.org/rfc/rfc9110#section-10.2.3), which any provider's
// gateway may send, whether or not its plugin knows of it.
#pragma once

#include <cstdint>
#include <vector>

#include "base/clock.hpp"
#include "plugin/provider.hpp"

namespace dakiya::send {

// How long a reply with status 429 or 503 tells us to wait: seconds, or until a date. Zero when it does not
// say, when that moment is over, and when it cannot be read.
Millis told_wait(const plugin::Reply& reply, std::int64_t now_ms);

// Results that are refused as too fast, or because the provider is in trouble, wait at least that long; what
// their plugin asks for beyond that stays.
void heed_retry_after(std::vector<plugin::Record>& records, const plugin::Reply& reply, std::int64_t now_ms);

}  // namespace dakiya::send
