// News of messages that were to be sent again: an earlier attempt, of which nobody knew, reached the provider
// after all. Then there is no further one (docs/reliability.md).
#pragma once

#include <map>
#include <vector>

#include "receive/apply.hpp"
#include "store/messages.hpp"

namespace dakiya::receive {

// Whether it says that the provider has its message. What names an address only may mean an older message,
// and does not count.
bool tells_sent(const Json& event);

// matched: messages without an outcome, by event. Those that wait for a further attempt and were sent leave
// the queue. Returns their outcomes, `uncertain` and written: what more is to be said is the event's.
std::vector<store::Outcome> end_waiting(store::Session& session, const std::vector<Incoming>& events,
                                        const std::map<std::size_t, Id>& matched, std::int64_t now_ms);

}  // namespace dakiya::receive
