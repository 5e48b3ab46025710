#include "send/slots.hpp"

#include <algorithm>
#include <iterator>
#include <optional>

#include <spdlog/spdlog.h>

#include "store/quotas.hpp"

namespace dakiya::send {

namespace {

using domain::CampaignState;
using store::chunks::Lease;

constexpr int most_campaigns = 1000;
constexpr std::chrono::minutes throughput_kept{10};

domain::Holder holder_of(const Runner& runner) {
    return {{runner.chunk.tenant, runner.chunk.campaign}, runner.leased_at};
}

// Numbers of the chunks of a campaign that this server works on.
std::vector<int> worked_on(const Runners& runners, Id campaign) {
    std::vector<int> numbers;
    for (const auto& [id, runner] : runners)
        if (runner->chunk.campaign == campaign && !runner->lost) numbers.push_back(runner->chunk.no);
    return numbers;
}

// Those that a quota holds wait for its end, and meanwhile settle what a lost owner left; what was cancelled
// ends all the same. supplied: campaigns of which there is enough here, with the chunks that it is in; what a
// lost owner left of them is taken over all the same.
Scanned with_chunks(store::Session& session, const std::map<Id, std::vector<int>>& supplied, Id last,
                    std::int64_t now_ms) {
    Scanned found;
    for (const auto& [campaign, ours] : supplied)
        if (store::chunks::any_free(session, campaign, now_ms, Lease::left, ours))
            found.abandoned.push_back(campaign);
    const auto held = store::holds::all(session, now_ms);
    auto open = store::campaigns::with_open_chunks(session, now_ms, most_campaigns, last);
    found.last = open.last;
    for (auto& campaign : open.campaigns) {
        if (std::find(held.begin(), held.end(), campaign.id) == held.end())
            found.campaigns.push_back(std::move(campaign));
        else if (store::chunks::any_free(session, campaign.id, now_ms, Lease::abandoned))
            found.held.push_back(std::move(campaign));
    }
    auto cancelled =
        store::campaigns::in_state(session, CampaignState::cancelled, most_campaigns, 0).campaigns;
    std::move(cancelled.begin(), cancelled.end(), std::back_inserter(found.campaigns));
    return found;
}

// The next scan tries again.
void note_failure(Id campaign, const std::exception_ptr& error) {
    if (!error) return;
    try {
        std::rethrow_exception(error);
    } catch (const std::exception& cause) {
        spdlog::warn("dispatcher: no chunk of campaign {} could be leased: {}", campaign, cause.what());
    }
}

// On a worker's thread.
void load(const SenderParts& parts, Leased& leased) {
    try {
        leased.loaded.emplace(load_chunk(parts.db, parts.connections, parts.limits, leased.campaign,
                                         leased.chunk, parts.fresh, parts.clock.now_ms()));
    } catch (const std::exception& error) {
        spdlog::error("dispatcher: loading a chunk of campaign {}: {}", leased.campaign.id, error.what());
    }
}

}  // namespace

int ahead_of(const Runner& runner, int window) {
    return std::min(window, static_cast<int>(runner.unmarked.size()));
}

Sums sums_of(const Runners& runners, int window) {
    Sums sums;
    for (const auto& [id, runner] : runners) {
        sums.marked[runner->chunk.campaign] += runner->on_the_way;
        if (!runner->draining) sums.ahead[runner->job->connection.id] += ahead_of(*runner, window);
    }
    return sums;
}

void Slots::scan(const Runners& runners) {
    const Steady now = parts_.clock.steady();
    if (scanning_ || (!due_ && now < scan_at_)) return;
    due_ = false;
    scanning_ = true;
    scan_at_ = now + scan_every;
    const Holdings held = this->held(runners);
    std::map<Id, std::vector<int>> enough;
    for (const Known& known : campaigns_)
        if (supplied(known, held)) enough[known.campaign.id] = worked_on(runners, known.campaign.id);
    parts_.workers.post(
        [parts = parts_, inbox = inbox_, enough, last = last_] {  // `this` may be gone by then
            Scanned scanned;
            try {
                scanned = parts.db.read([&](store::Session& session) {
                    return with_chunks(session, enough, last, parts.clock.now_ms());
                });
            } catch (const std::exception& error) {
                spdlog::error("dispatcher: reading campaigns: {}", error.what());
            }
            inbox->put(std::move(scanned));
        });
}

void Slots::scanned(Scanned& scanned) {
    scanning_ = false;
    last_ = scanned.last;
    campaigns_.clear();
    for (auto& campaign : scanned.campaigns) campaigns_.push_back({std::move(campaign), Lease::open});
    for (auto& campaign : scanned.held) campaigns_.push_back({std::move(campaign), Lease::abandoned});
    for (Known& known : campaigns_)
        known.left_behind =
            std::count(scanned.abandoned.begin(), scanned.abandoned.end(), known.campaign.id) > 0;
    std::erase_if(throughput_, [now = parts_.clock.steady()](const auto& entry) {
        return now - entry.second.last() > throughput_kept;
    });
}

// Slots are shared between tenants, then campaigns. Whoever comes when all are taken gets one beyond them,
// and another gives its chunk back after the micro-batch that is on its way.
void Slots::lease_free(const Runners& runners) {
    if (campaigns_.empty()) return;
    std::vector<domain::Holder> holders = in_use(runners);
    Holdings held = this->held(runners);
    std::vector<Known*> known;
    std::vector<domain::Party> waiting;
    for (Known& each : campaigns_) {
        if (each.dry || (supplied(each, held) && !each.left_behind)) continue;
        known.push_back(&each);
        waiting.push_back({each.campaign.tenant, each.campaign.id});
    }
    const Steady now = parts_.clock.steady();
    const auto slots = static_cast<std::size_t>(options_.chunks);
    while (holders.size() <= slots) {
        const auto next = domain::next_in_turn(waiting, holders, slots, now);
        if (!next) return;
        holders.push_back({waiting[*next], now});
        const bool enough = supplied(*known[*next], held);
        lease(*known[*next], enough ? Lease::left : known[*next]->which,
              worked_on(runners, known[*next]->campaign.id));
        known[*next]->left_behind = false;
        held[known[*next]->campaign.id].supply.waiting += static_cast<std::size_t>(options_.pages.later);
        if (!supplied(*known[*next], held)) continue;
        known.erase(known.begin() + static_cast<std::ptrdiff_t>(*next));
        waiting.erase(waiting.begin() + static_cast<std::ptrdiff_t>(*next));
    }
}

Slots::Holdings Slots::held(const Runners& runners) const {
    Holdings held;
    for (const auto& [id, runner] : runners) {
        if (runner->draining) continue;
        Holding& holding = held[runner->chunk.campaign];
        holding.supply.on_the_way += static_cast<std::size_t>(std::max(runner->on_the_way, 0));
        holding.supply.waiting += runner->unmarked.size();
        holding.batch = std::max<std::size_t>(holding.batch, runner->job->batch);
    }
    for (const auto& [no, holder] : leasing_)
        held[holder.party.campaign].supply.waiting += static_cast<std::size_t>(options_.pages.later);
    return held;
}

// What is only settled or ended does not go out, and is over soon.
bool Slots::supplied(const Known& known, const Holdings& held) const {
    if (known.which != Lease::open || known.campaign.state != CampaignState::sending) return false;
    const auto holding = held.find(known.campaign.id);
    if (holding == held.end()) return false;
    return domain::lasts(holding->second.supply, per_second(known.campaign.id),
                         2 * options_.connections * holding->second.batch);
}

int Slots::room(const Runner& runner, int marked) const {
    const std::size_t batch = runner.job->batch;
    const std::size_t micro_batch = std::max<std::size_t>(options_.micro_batch, batch);
    const std::size_t most =
        domain::most_marked(per_second(runner.chunk.campaign), options_.connections * batch, micro_batch);
    return static_cast<int>(most) - marked;
}

double Slots::per_second(Id campaign) const {
    const auto rate = throughput_.find(campaign);
    return rate == throughput_.end() ? 0 : rate->second.per_second();
}

void Slots::ended(Id campaign, std::size_t messages) {
    throughput_[campaign].note(messages, parts_.clock.steady());
}

// Those that give theirs back do not count: it is as good as free.
std::vector<domain::Holder> Slots::in_use(const Runners& runners) const {
    std::vector<domain::Holder> holders;
    for (const auto& [id, runner] : runners)
        if (!runner->yields) holders.push_back(holder_of(*runner));
    for (const auto& [no, holder] : leasing_) holders.push_back(holder);
    return holders;
}

Runner* Slots::surplus(const Runners& runners) const {
    std::vector<Runner*> keep;
    std::vector<domain::Holder> holders;
    for (const auto& [id, runner] : runners) {
        if (runner->yields) continue;
        keep.push_back(runner.get());
        holders.push_back(holder_of(*runner));
    }
    if (keep.size() <= static_cast<std::size_t>(options_.chunks)) return nullptr;
    return keep[domain::to_yield(holders)];
}

void Slots::lease(const Known& known, Lease which, std::vector<int> except) {
    const store::Campaign& campaign = known.campaign;
    auto leased = std::make_shared<Leased>();
    leased->no = ++leases_;
    leased->campaign = campaign;
    leased->begun = parts_.clock.steady();
    leasing_[leased->no] = {{campaign.tenant, campaign.id}, leased->begun};
    const std::int64_t now = parts_.clock.now_ms();
    const std::string owner = options_.node + ":" + std::to_string(leased->no);
    auto chunk = std::make_shared<std::optional<store::Chunk>>();
    parts_.writer.submit(
        [id = campaign.id, owner, now, until = now + options_.lease.count(), which, chunk,
         except = std::move(except)](store::Session& session) {
            *chunk = store::chunks::lease(session, id, owner, now, until, which, except);
        },
        [parts = parts_, inbox = inbox_, leased, chunk](const std::exception_ptr& error) {
            note_failure(leased->campaign.id, error);
            if (error || !*chunk) return inbox->put(std::move(*leased));
            leased->chunk = std::move(**chunk);
            parts.workers.post([parts, inbox, leased] {
                load(parts, *leased);
                inbox->put(std::move(*leased));
            });
        });
}

void Slots::leased(const Leased& leased) {
    leasing_.erase(leased.no);
    if (leased.loaded && *leased.loaded && !(*leased.loaded)->files_missing()) return;
    pass_over(leased.campaign.id);  // nothing free, or it cannot go on
}

void Slots::pass_over(Id campaign) {
    for (Known& known : campaigns_)
        if (known.campaign.id == campaign) known.dry = true;
}

void Slots::release(const store::Chunk& chunk) {
    parts_.writer.submit([chunk](store::Session& session) { store::chunks::release(session, chunk); },
                         [](const std::exception_ptr&) { /* it runs out by itself */ });
}

}  // namespace dakiya::send
