#include "send/pacer.hpp"

#include <algorithm>
#include <mutex>
#include <unordered_map>

namespace dakiya::send {

namespace {

constexpr auto forget_after = std::chrono::minutes(10);
constexpr int asks_between_sweeps = 4096;

// What is known of a campaign's calls.
struct Flow {
    bool learnt = false;    // its first call has come to its limit
    std::string limit;      // then: the limit's key, "" for none
    double per_second = 0;  // of that limit
    int messages = 0;       // marked, not yet at the campaign's pace
    int first_calls = 0;    // begun before the limit was learnt, not yet at it
    Steady used{};
};

std::string pace_key(Id campaign) { return "campaign/" + std::to_string(campaign); }

int calls_for(int messages, int batch) { return (messages + batch - 1) / batch; }

// Permits that are here for `wanted` more, beside those for `coming` that are on their way to the key.
int permits_beside(int coming, net::Limiter& limiter, const std::string& key, double per_second, int wanted,
                   int ahead) {
    return std::max(0, limiter.room(key, per_second, wanted + coming, ahead + coming) - coming);
}

}  // namespace

struct Pacer::State {
    State(net::Limiter& limiter_, const Clock& clock_) : limiter(limiter_), clock(clock_) {}

    Flow& flow(Id campaign) {
        const Steady now = clock.steady();
        if (++asks == asks_between_sweeps) sweep(now);
        Flow& flow = flows[campaign];
        flow.used = now;
        return flow;
    }

    int calls_to(const std::string& limit) const {
        const auto found = calls.find(limit);
        return found == calls.end() ? 0 : found->second;
    }

    void sweep(Steady now) {
        asks = 0;
        std::erase_if(flows, [now](const auto& each) {
            const Flow& flow = each.second;
            return flow.messages == 0 && flow.first_calls == 0 && now - flow.used > forget_after;
        });
        std::erase_if(calls, [](const auto& each) { return each.second == 0; });
    }

    net::Limiter& limiter;
    const Clock& clock;
    std::mutex mutex;
    std::unordered_map<Id, Flow> flows;
    std::unordered_map<std::string, int> calls;  // by limit: marked, not yet at it
    int asks = 0;
};

Pacer::Pacer(net::Limiter& limiter, const Clock& clock) : state_(std::make_shared<State>(limiter, clock)) {}

int Pacer::room(const Campaign& campaign, int wanted, int ahead) {
    if (wanted <= 0) return 0;
    Flow flow;
    int calls_coming = 0;
    {
        const std::lock_guard lock(state_->mutex);  // not while the limiter is asked: it calls back
        flow = state_->flow(campaign.id);
        calls_coming = state_->calls_to(flow.limit);
    }
    int messages = wanted;
    if (campaign.per_second > 0)
        messages = permits_beside(flow.messages, state_->limiter, pace_key(campaign.id), campaign.per_second,
                                  wanted, ahead);
    if (messages == 0) return 0;
    const int soon = messages < wanted ? messages : ahead;  // its own pace allows no more
    if (!flow.learnt && campaign.limit > 0)
        return flow.first_calls > 0 ? 0 : std::min(messages, campaign.batch);
    if (flow.limit.empty()) return messages;
    const int calls = permits_beside(calls_coming, state_->limiter, flow.limit, flow.per_second,
                                     calls_for(messages, campaign.batch), calls_for(soon, campaign.batch));
    return std::min(messages, calls * campaign.batch);
}

std::shared_ptr<Pacer::Place> Pacer::place(const Campaign& campaign, int messages) {
    return std::make_shared<Place>(state_, campaign.id, messages, calls_for(messages, campaign.batch));
}

Pacer::Place::Place(std::shared_ptr<State> state, Id campaign, int messages, int calls)
    : state_(std::move(state)), campaign_(campaign), messages_(messages), calls_(calls) {
    const std::lock_guard lock(state_->mutex);
    Flow& flow = state_->flow(campaign_);
    key_ = flow.limit;
    flow.messages += messages_;
    (key_.empty() ? flow.first_calls : state_->calls[key_]) += calls_;
}

// A commit that nobody waits for any more may be the last to hold a place: nothing is asked of the pacer's
// surroundings here.
Pacer::Place::~Place() {
    const std::lock_guard lock(state_->mutex);
    Flow& flow = state_->flows.at(campaign_);  // not forgotten while it has a place
    flow.messages -= messages_;
    (key_.empty() ? flow.first_calls : state_->calls[key_]) -= calls_;
}

void Pacer::Place::at_pace(int messages) {
    const std::lock_guard lock(state_->mutex);
    const int now = std::min(messages, messages_);
    messages_ -= now;
    state_->flow(campaign_).messages -= now;
}

void Pacer::Place::at_limit(const std::string& key, double per_second) {
    const std::lock_guard lock(state_->mutex);
    Flow& flow = state_->flow(campaign_);
    flow.learnt = true;
    flow.limit = key;
    flow.per_second = per_second;
    if (calls_ == 0) return;
    --calls_;
    --(key_.empty() ? flow.first_calls : state_->calls[key_]);
}

std::optional<net::Limiter::Draw> pace_of(Id campaign, int per_second, int messages) {
    if (per_second <= 0) return std::nullopt;
    net::Limiter::Draw draw;
    draw.key = pace_key(campaign);
    draw.per_second = per_second;
    draw.permits = messages;
    return draw;
}

}  // namespace dakiya::send
