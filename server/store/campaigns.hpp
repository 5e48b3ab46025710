// Campaigns: the rows that people see. Chunks of recipients are in store/chunks, messages in store/messages.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "domain/campaign.hpp"
#include "domain/message.hpp"
#include "domain/route.hpp"
#include "store/db.hpp"
#include "store/scope.hpp"

namespace dakiya::store {

// none: not begun, or there is no canary.
enum class CanaryState : std::int16_t { none = 0, under_way = 1, over = 2 };

struct Campaign {
    Id id = 0;
    Id tenant = 0;
    std::string name;
    domain::CampaignState state = domain::CampaignState::draft;
    std::string state_text;  // why it is paused or failed, for a person
    Id connection = 0;
    std::string channel;
    std::string content;        // JSON, domain/content
    std::string audience;       // JSON, send/audience
    int per_second = 0;         // 0: as fast as the provider's limits allow
    Id audience_cursor = 0;     // the last contact that was materialised
    bool materialised = false;  // every recipient has its message
    int next_chunk = 0;
    std::int64_t n_recipients = 0, n_skipped = 0;
    std::int64_t scheduled_at = 0, created_at = 0, started_at = 0, finished_at = 0;  // Unix ms; 0: not
    std::int64_t sending_since = 0;  // Unix ms: begun, or resumed the last time; 0: not, or not known
    std::int64_t version = 1;        // every change adds one; a writer names the version that it read

    std::string plan;  // JSON, domain/plan; empty: none
    Id series = 0;     // the recurring campaign that this is a run of; 0: none
    CanaryState canary = CanaryState::none;
    std::int64_t canary_left = 0;      // of the canary: messages that are not materialised yet
    std::int64_t canary_ended_at = 0;  // Unix ms: when all of the canary's messages had ended; 0: not yet

    // Routes (domain/route). Each later step is a campaign of its own, which people see as a part of
    // `parent`.
    Id parent = 0;                                     // 0: a person made it
    int step = 0;                                      // 0: the first
    domain::Follows follows = domain::Follows::retry;  // of its messages that follow others
    std::string fallback;  // JSON of the steps that are left after this one; empty: none
    domain::OnUncertain on_uncertain = domain::OnUncertain::leave;

    // The campaign that a person made.
    Id route() const { return parent != 0 ? parent : id; }
};

// Where the recipients are now, and why some were not reached.
struct CampaignStats {
    std::int64_t total = 0;
    std::map<domain::State, std::int64_t> by_state;  // sums to total
    struct Reason {
        domain::State state;  // skipped or failed
        std::string reason;   // a skip reason, or "class:code" of a failure
        std::int64_t n;
    };
    std::vector<Reason> reasons;  // most frequent first
};

namespace campaigns {

void create(Session& session, const Campaign& campaign);
std::optional<Campaign> find(Session& session, Scope scope, Id id);
// Locked until the transaction ends, so that what it decides holds until it has committed. Of any tenant.
std::optional<Campaign> find_locked(Session& session, Id id);
// The later steps of a campaign's route, in order.
std::vector<Campaign> steps(Session& session, Scope scope, Id parent);
// Without the steps of routes. Newest first, ids below `before` (0: from the newest).
std::vector<Campaign> list(Session& session, Scope scope, Id before, int limit);
// Scheduled, sending or paused, the steps of routes among them; oldest first.
std::vector<Campaign> under_way(Session& session, Scope scope);
// Of all tenants, for the engines: sending campaigns of which a further step is due. Without the steps.
std::vector<Campaign> routes_due(Session& session, std::int64_t now_ms, int limit);
// Of these, the ones that have further steps (Campaign::fallback). Of all tenants.
std::vector<Campaign> with_steps_left(Session& session, std::span<const Id> ids);
// Of all tenants: whether one is sending, is to be started by now, or was cancelled and is not closed yet.
bool any_to_work_on(Session& session, std::int64_t now_ms);
// Of all tenants: scheduled ones that are to be started by now, the longest due first.
std::vector<Campaign> to_start(Session& session, std::int64_t now_ms, int limit);

// Of all tenants, for the engines: those that still need work (finished_at is 0), `limit` at a time and all
// in turn, however many wait for tomorrow: by id, from behind the last of the turn before, and after the end
// from the beginning. A cancelled campaign is finished once its open chunks and queued messages are closed.
struct Turn {
    std::vector<Campaign> campaigns;
    Id last = 0;  // for the next turn; 0: these were all
};
Turn in_state(Session& session, domain::CampaignState state, int limit, Id after);
// The same of sending ones, and only those with a chunk that is open now, or that a lost owner may have left.
Turn with_open_chunks(Session& session, std::int64_t now_ms, int limit, Id after);

// The changes below say false when the row is not as `campaign` was read (its version has moved on).
// Writes name, connection, channel, content, audience, per_second, scheduled_at, plan, fallback and
// on_uncertain of a draft.
bool update_draft(Session& session, const Campaign& campaign);
bool remove_draft(Session& session, const Campaign& campaign);
// text: providers' words are in it, so what does not fit is cut off.
bool set_state(Session& session, const Campaign& campaign, domain::CampaignState next, std::string_view text,
               std::int64_t now_ms);
// A failure was reported after the campaign had ended, and its route goes on.
void reopen(Session& session, Id campaign);
// The engine's word that a cancelled campaign has nothing open any more.
bool set_finished(Session& session, const Campaign& campaign, std::int64_t now_ms);
bool set_pace(Session& session, const Campaign& campaign, int per_second);  // of all steps; false: it is over

// One page of recipients was materialised: moves the cursor and the counts; what is queued of it is taken
// from the canary. False when the version moved on, and then nothing of the page may be written.
bool add_page(Session& session, const Campaign& campaign, Id audience_cursor, bool last, int chunks,
              std::int64_t recipients, std::int64_t skipped);

// Writes canary, canary_left and canary_ended_at.
bool set_canary(Session& session, const Campaign& campaign);
// A series that waits for its next occurrence.
bool set_scheduled_at(Session& session, const Campaign& campaign, std::int64_t scheduled_at);

// What each micro-batch reads.
struct Pulse {
    domain::CampaignState state = domain::CampaignState::draft;
    int per_second = 0;
    domain::Follows follows = domain::Follows::retry;
};
std::optional<Pulse> pulse(Session& session, Id campaign);
// Nobody changes it before the transaction ends. Nothing: the campaign is gone.
std::optional<domain::CampaignState> locked_state(Session& session, Id campaign);

CampaignStats stats(Session& session, Scope scope, const Campaign& campaign);

// Adds to the reasons why recipients were skipped or failed.
using ReasonCounts = std::map<std::pair<domain::State, std::string>, std::int64_t>;
void add_reasons(Session& session, Id campaign, const ReasonCounts& counts);

// Moves between states after the first outcome: +n and -n.
using StateCounts = std::map<domain::State, std::int64_t>;
void add_deltas(Session& session, Id campaign, const StateCounts& deltas);

}  // namespace campaigns

}  // namespace dakiya::store
