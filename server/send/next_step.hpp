// What happens to messages whose next step may be due, decided from what is known of them; and the messages
// of that step, admitted like any other.
#pragma once

#include <map>
#include <vector>

#include "send/materialise.hpp"
#include "store/fallbacks.hpp"

namespace dakiya::send {

// A message whose turn it is to be looked at.
struct DueMessage {
    store::Fallback row;
    store::Message message;
    std::optional<store::Outcome> outcome;  // nothing: it was skipped
};

// Rows whose message is gone are left out: nothing follows it.
std::vector<DueMessage> load_due(store::Session& session, const std::vector<store::Fallback>& rows);

enum class Decision {
    drop,   // it got through, or its failure is final
    later,  // not yet; `row.due_at` says when
    leave,  // uncertain, and the policy is not to send anything else
    go
};
// May move row.due_at.
Decision decide(DueMessage& due, const domain::StepRule& rule, domain::OnUncertain policy,
                std::int64_t now_ms);

// The step's messages for the people of these earlier messages, without ids and campaign. The Error is why
// the step cannot go on.
struct NextStep {
    store::Scope scope;
    const domain::Step& step;
    domain::Origin origin = domain::Origin::campaign;
};
Result<Admitted> admit_next(store::Database& db, Connections& connections, const NextStep& next,
                            const std::vector<store::Message>& earlier, std::int64_t now_ms);

// Rows for those that were skipped because their person has no address on this channel: the next step may
// have one. The messages have their ids. route: the campaign that a person made.
std::vector<store::Fallback> due_of_skipped(std::span<const store::Message> messages,
                                            const domain::StepRule& rule, Id route);

// The same for a page of a campaign's messages, in the transaction that inserts them. Nothing to do when the
// campaign has no further step.
void note_unreachable(store::Session& session, const store::Campaign& campaign,
                      std::span<const store::Message> messages);

}  // namespace dakiya::send
