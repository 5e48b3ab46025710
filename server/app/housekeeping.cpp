#include "app/housekeeping.hpp"

#include "domain/people_limit.hpp"
#include "domain/zones.hpp"
#include "store/otps.hpp"
#include "store/portfolios.hpp"
#include "store/rate_grants.hpp"
#include "store/webhooks.hpp"

namespace dakiya::app {

namespace {

constexpr Millis round_every{600'000};
constexpr std::int64_t keep_webhooks_ms = 30LL * 24 * 3600 * 1000;
constexpr std::int64_t keep_limits_ms = 2LL * 24 * 3600 * 1000;  // a provider's wait is a day at most
constexpr std::int64_t keep_otps_ms = 7LL * 24 * 3600 * 1000;
constexpr int at_once = 500;  // rows in one unit: the writer must stay free for messages

}  // namespace

Housekeeping::Housekeeping(store::Writer& writer, api::StoredAnswers& answers, const Clock& clock,
                           std::function<void()> advance_epoch,
                           std::function<void(const std::function<bool()>& stopping)> sweep_media)
    : writer_(writer),
      answers_(answers),
      clock_(clock),
      advance_epoch_(std::move(advance_epoch)),
      sweep_media_(std::move(sweep_media)),
      rounds_("housekeeping", bell_, round_every, [this] {
          advance_epoch_();
          answers_.tidy();
          forget();
          sweep_media_([this] { return rounds_.stopping(); });
          return false;
      }) {}

void Housekeeping::forget() {
    const std::int64_t now = clock_.now_ms();
    in_pieces([&](store::Session& session) {
        return store::webhooks::forget(session, now - keep_webhooks_ms, at_once);
    });
    // Of campaigns that ended and connections that are gone.
    in_pieces([&](store::Session& session) {
        const auto micros = store::rate_grants::now(session, clock_);
        return store::rate_grants::forget(session, micros - keep_limits_ms * 1'000, at_once);
    });
    in_pieces(
        [&](store::Session& session) { return store::otps::forget(session, now - keep_otps_ms, at_once); });
    in_pieces([&](store::Session& session) {
        return store::otps::forget_sends(session, now - keep_otps_ms, at_once);
    });
    // Whom no provider's limit on people counts any more.
    in_pieces([&](store::Session& session) {
        return store::portfolios::forget(session, domain::first_counted_slot(now), now - domain::day_ms,
                                         at_once);
    });
}

// forget_some: says how many rows went, `at_once` at most.
void Housekeeping::in_pieces(const std::function<std::uint64_t(store::Session&)>& forget_some) {
    std::uint64_t forgotten = 0;
    do {
        writer_.run([&](store::Session& session) { forgotten = forget_some(session); });
    } while (forgotten == at_once && !rounds_.stopping());
}

}  // namespace dakiya::app
