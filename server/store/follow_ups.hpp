// A message that follows another one because that one did not reach its person: 'retry failed' and fallback.
// The messages about one person form a chain, along Message::after backwards and along this table forwards. A
// message has one successor, ever: the primary key is what keeps two campaigns from following it at once.
#pragma once

#include <map>
#include <span>
#include <string_view>

#include "domain/route.hpp"
#include "store/db.hpp"
#include "store/messages.hpp"

namespace dakiya::store::follow_ups {

// Enters the successors: messages whose `after` is 0 are passed over. DbError::duplicate when one of the
// predecessors has a successor already.
void add(Session& session, std::span<const Message> messages);

// The successors of these messages, by predecessor; messages without one are left out.
std::map<Id, Id> next_of(Session& session, std::span<const Id> messages);

// Of these messages, the ones that somebody before them in their chain has overtaken, each with the reason
// (domain::overtaken). What was looked at stays locked until the transaction ends, so that a unit which marks
// the others is right.
std::map<Id, std::string_view> overtaken(Session& session, std::span<const Message> messages,
                                         domain::Follows follows);

}  // namespace dakiya::store::follow_ups
