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
          forget_webhooks();
          forget_limits();
          forget_otps();
          forget_people();
          sweep_media_([this] { return rounds_.stopping(); });
          return false;
      }) {}

void Housekeeping::forget_webhooks() {
    std::uint64_t forgotten = 0;
    do {
        writer_.run([&](store::Session& session) {
            forgotten = store::webhooks::forget(session, clock_.now_ms() - keep_webhooks_ms, at_once);
        });
    } while (forgotten == at_once && !rounds_.stopping());
}

// Of campaigns that ended and connections that are gone.
void Housekeeping::forget_limits() {
    std::uint64_t forgotten = 0;
    do {
        writer_.run([&](store::Session& session) {
            const auto now = store::rate_grants::now(session, clock_);
            forgotten = store::rate_grants::forget(session, now - keep_limits_ms * 1'000, at_once);
        });
    } while (forgotten == at_once && !rounds_.stopping());
}

void Housekeeping::forget_otps() {
    bool more = true;
    while (more && !rounds_.stopping())
        writer_.run([&](store::Session& session) {
            const std::int64_t before = clock_.now_ms() - keep_otps_ms;
            more = store::otps::forget(session, before, at_once) == at_once;
            more = store::otps::forget_sends(session, before, at_once) == at_once || more;
        });
}

// Whom no provider's limit on people counts any more.
void Housekeeping::forget_people() {
    std::uint64_t forgotten = 0;
    do {
        writer_.run([&](store::Session& session) {
            const std::int64_t now = clock_.now_ms();
            forgotten = store::portfolios::forget(session, domain::first_counted_slot(now),
                                                  now - domain::day_ms, at_once);
        });
    } while (forgotten == at_once && !rounds_.stopping());
}

}  // namespace dakiya::app
