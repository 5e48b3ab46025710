#include "world.hpp"

#include <algorithm>
#include <stdexcept>

namespace sim {

using dakiya::Json;

std::int64_t now_ms() {
    using namespace std::chrono;
    return duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count();
}

World::World() : ledger_(0) {
    const Fault fault = configure(default_config());
    if (fault) throw std::logic_error("the default settings are wrong: " + fault.message());
    for (const Provider provider : played()) players_[index_of(provider)] = role(provider).make(*this);
}

Fault World::configure(Json document) {
    Fault fault;
    Config config = read_config(document, fault);
    if (fault) return fault;
    if (config.seed != config_.seed && ledger_.size() == 0) ledger_.reset(config.seed);
    config_ = std::move(config);
    document_ = std::move(document);
    buckets_.clear();
    return fault;
}

void World::reset() {
    for (const Provider provider : played()) player(provider).reset();
    ledger_.reset(config_.seed);
    files_.clear();
    buckets_.clear();
    attempts_.clear();
    plain_numbers_.clear();
    plain_count_ = 0;
    violations_.clear();
    violation_count_ = 0;
}

bool World::within_rate(Provider provider, std::string_view sender, const Rate& rate) {
    if (rate.per_second <= 0) return true;
    const auto now = std::chrono::steady_clock::now();
    const auto [found, added] = buckets_.try_emplace(
        std::string(name_of(provider)) + ' ' + std::string(sender), Bucket{rate.burst, now});
    Bucket& bucket = found->second;
    const double seconds = std::chrono::duration<double>(now - bucket.filled).count();
    bucket.tokens = std::min(rate.burst, bucket.tokens + seconds * rate.per_second);
    bucket.filled = now;
    if (bucket.tokens < 1) return false;
    bucket.tokens -= 1;
    return true;
}

Verdict World::judge(Provider provider, std::uint64_t to) {
    const std::uint64_t key = mix(static_cast<std::uint64_t>(provider), to, 0);
    const auto tried = attempts_.empty() ? attempts_.end() : attempts_.find(key);
    const Verdict verdict = sim::judge(config_, provider, to, tried == attempts_.end() ? 0 : tried->second);
    if (verdict.kind != Verdict::Kind::accept) ++attempts_[key];
    if (verdict.refused()) refuse(provider, verdict.code);
    return verdict;
}

Outcome World::take(const Message& message) {
    const Verdict verdict = judge(message.provider, message.to);
    Outcome outcome;
    outcome.refused = verdict.refused() ? verdict.code : 0;
    outcome.unanswered = verdict.unanswered();
    if (!verdict.refused() && !verdict.dropped()) outcome.n = accept(message, outcome.unanswered);
    return outcome;
}

std::size_t World::accept(const Message& message, bool cut, std::uint32_t batch) {
    Timeline timeline =
        draw_timeline(config_, message.provider, message.whatsapp, message.to, ledger_.size());
    if (message.fails_with != 0) {
        timeline.failed = std::max({timeline.failed, timeline.delivered, timeline.sent + 1});
        timeline.delivered = timeline.read = 0;
        timeline.code = message.fails_with;
    }
    const std::size_t n = ledger_.add(message, timeline, now_ms(), cut, batch);
    if (on_accepted) on_accepted(n);
    return n;
}

std::uint64_t World::accept_plain(std::uint64_t to) {
    plain_numbers_.insert(to);
    return ++plain_count_;
}

Json World::plain_summary() const {
    return Json{{"accepted", plain_count_}, {"numbers", plain_numbers_.size()}};
}

void World::violation(Provider provider, std::string what) {
    ++violation_count_;
    if (violations_.size() < max_violations) violations_.push_back({provider, now_ms(), std::move(what)});
}

Json World::violations() const {
    Json list = Json::array();
    for (const Violation& violation : violations_)
        list.push_back(
            Json{{"provider", name_of(violation.provider)}, {"at", violation.at}, {"what", violation.what}});
    return Json{{"count", violation_count_}, {"violations", std::move(list)}};
}

std::chrono::milliseconds World::latency() {
    const Range& range = config_.latency_ms;
    if (range.max == 0) return {};
    const auto width = static_cast<std::uint64_t>(range.max - range.min + 1);
    return std::chrono::milliseconds(range.min +
                                     static_cast<std::int64_t>(mix(config_.seed, ++draws_, 0) % width));
}

}  // namespace sim
