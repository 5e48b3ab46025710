// Everything about a campaign's sending that is the same for all of its messages. Made from the store
// once per chunk, then read-only. [any thread]
#pragma once

#include <memory>

#include "base/result.hpp"
#include "send/connections.hpp"
#include "send/follow_up.hpp"
#include "send/input.hpp"
#include "send/limits.hpp"
#include "send/media_content.hpp"
#include "send/timing.hpp"
#include "store/campaigns.hpp"
#include "store/templates.hpp"

namespace dakiya::send {

struct Job {
    store::Campaign campaign;
    OpenConnection connection;
    InputBase input;
    std::size_t batch = 1;  // most recipients in one call
    bool personal_batch = false;
    bool idempotent = false;  // a repeated send with the same key is dropped by the provider
    double per_second = 0;    // calls, by the provider's limit; 0: none published
    int settle_after_s = 0;   // 0: the provider cannot look a message up
    bool polled = false;      // the provider has to be asked what became of a sent message
    std::string portfolio;    // among whose people its messages count (send/portfolio); empty: nobody's
    Timing timing;            // of a campaign
    FollowUp follow_up;
    // What becomes of a message whose owner was lost: it is sent again, with its key or by the policy.
    bool sent_again() const { return idempotent || follow_up.resend; }
    std::shared_ptr<const Lent> files;  // that its mails carry; null: none
    // Its files that are not at the provider yet, or not any more: nothing may be sent with it.
    std::vector<store::MediaKey> missing;
    std::int64_t files_until = 0;             // Unix ms: nothing may be sent with it from then on; 0: no end
    std::vector<store::MediaHandle> handles;  // that its content names
};

// How long a message is tried again: one of a campaign after its first attempt, others after they came.
inline constexpr std::int64_t campaign_patience_ms = 24LL * 3600 * 1000;
inline constexpr std::int64_t single_patience_ms = campaign_patience_ms;

// Of what is at hand already, whose files are all in their places. job: with what the campaign or the message
// decides. info: of the content's template.
std::shared_ptr<const Job> make_job(const Limits& limits, Job job, OpenConnection connection,
                                    domain::Content content, const TemplateInfo& info,
                                    const std::string& channel, const std::string& from);
TemplateInfo info_of(const store::Template& found);

// The Error is why the campaign cannot go on, for a person.
Result<std::shared_ptr<const Job>> make_job(store::Database& db, Connections& connections,
                                            const Limits& limits, const store::Campaign& campaign,
                                            std::int64_t now_ms);

// The same for one message that is not of a campaign.
Result<std::shared_ptr<const Job>> make_job(store::Database& db, Connections& connections,
                                            const Limits& limits, const store::Message& message,
                                            std::int64_t now_ms);

}  // namespace dakiya::send
