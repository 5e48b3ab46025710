#include "send/flush.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "domain/admission.hpp"
#include "send/status_poll.hpp"

namespace dakiya::send {

namespace {

using domain::State;

constexpr std::size_t text_limit = 500;  // bytes, of the column
constexpr std::size_t code_limit = 64;
constexpr std::size_t provider_id_limit = 190;
constexpr int most_parts = 32'767;  // of the column

State state_of(Verdict::How how) {
    if (how == Verdict::How::sent) return State::sent;
    return how == Verdict::How::uncertain ? State::uncertain : State::failed;
}

// When it is tried again, as far as verdict and policy say; the deadline is not looked at.
std::optional<std::int64_t> next_attempt(const Verdict& verdict, const Attempt& attempt) {
    if (verdict.how == Verdict::How::again) return attempt.ended_at + verdict.wait.count();
    const bool resend = verdict.how == Verdict::How::uncertain && attempt.follow_up.resend &&
                        attempt.number <= domain::most_resends;
    if (!resend) return std::nullopt;
    return attempt.ended_at + domain::resend_wait_ms;
}

void count(store::ChunkTotals& totals, State state) {
    if (state == State::sent)
        ++totals.sent;
    else if (state == State::failed)
        ++totals.failed;
    else
        ++totals.uncertain;
}

store::Outcome outcome_for(const store::Message& message, State state, std::int64_t now_ms) {
    store::Outcome outcome;
    outcome.message = message.id;
    outcome.tenant = message.tenant;
    outcome.campaign = message.campaign;
    outcome.state = state;
    outcome.attempts = 0;
    outcome.updated_at = now_ms;
    return outcome;
}

}  // namespace

bool Flush::add(const store::Message& message, const Verdict& verdict, const Attempt& attempt) {
    const auto again_at = next_attempt(verdict, attempt);
    if (again_at && *again_at < attempt.deadline_at) {
        Attempt counted = attempt;
        if (verdict.untried) --counted.number;
        counted.in_doubt = attempt.in_doubt || verdict.how == Verdict::How::uncertain;
        defer(message, counted, *again_at);
        return true;
    }
    const bool doubted = attempt.in_doubt && state_of(verdict.how) == State::failed;
    const State state = doubted ? State::uncertain : state_of(verdict.how);
    store::Outcome outcome = outcome_for(message, state, attempt.ended_at);
    outcome.provider_id = utf8_prefix(verdict.provider_id, provider_id_limit);
    outcome.parts = std::clamp(verdict.parts, 0, most_parts);
    outcome.cost = verdict.cost;
    outcome.attempts = attempt.number;
    outcome.sent_at = attempt.sent_at;
    if (state != State::sent) {
        outcome.cls = domain::to_string(verdict.cls);
        outcome.code = utf8_prefix(verdict.code, code_limit);
        outcome.text = utf8_prefix(
            (doubted ? "an earlier attempt may have arrived; of this one: " : "") + verdict.text, text_limit);
    }
    count(totals, state);
    if (state == State::failed) {
        ++reasons_[{state, domain::failure_reason(outcome.cls, outcome.code)}];
        if (domain::meaning(verdict.cls).suppress != domain::Suppress::no)
            blamed_.push_back({message.tenant, message.id, message.channel, message.address, verdict.cls,
                               attempt.ended_at});
    }
    if (state == State::uncertain && attempt.settle_after_s > 0)
        unsettled_.push_back({message.id, message.tenant, message.connection,
                              attempt.ended_at + std::int64_t{attempt.settle_after_s} * 1000, 0});
    if (state == State::sent && attempt.polled && !outcome.provider_id.empty())
        polls_.push_back({message.id, message.tenant, message.connection, outcome.provider_id,
                          attempt.ended_at + StatusPolls::first_wait_ms, 0});
    follow(message, outcome, attempt);
    end(message, std::move(outcome));
    return false;
}

void Flush::defer(const store::Message& message, const Attempt& attempt, std::int64_t due_at) {
    deferred.push_back({message.id, message.tenant, message.campaign, message.connection,
                        message.campaign != 0 ? store::Lane::campaign : store::Lane::single, due_at,
                        attempt.deadline_at, attempt.number, "", 0, "", attempt.in_doubt});
    ++totals.deferred;
}

// Somebody whose message follows another one is counted once all the same.
void Flush::end(const store::Message& message, store::Outcome outcome) {
    if (message.after != 0 && message.campaign != 0)
        people_.push_back({message.id, State::queued, outcome.state});
    outcomes.push_back(std::move(outcome));
}

void Flush::follow(const store::Message& message, const store::Outcome& outcome, const Attempt& attempt) {
    if (!attempt.follow_up.next) return;
    const domain::Earlier earlier{outcome.state, domain::parse_class(outcome.cls), {}, outcome.sent_at};
    const std::int64_t settled_by = attempt.ended_at + settling_ms(attempt.settle_after_s);
    if (const auto due_at = domain::step_due(*attempt.follow_up.next, earlier, settled_by))
        fallbacks_.push_back({message.id, message.tenant, attempt.follow_up.route, *due_at});
}

void Flush::add_skipped(const store::Message& message, std::string_view reason, std::int64_t now_ms) {
    store::Outcome outcome = outcome_for(message, State::skipped, now_ms);
    outcome.code = reason;
    end(message, std::move(outcome));
    ++totals.skipped;
    ++reasons_[{State::skipped, std::string(reason)}];
}

void Flush::add_cancelled(const store::Message& message, std::int64_t now_ms) {
    end(message, outcome_for(message, State::cancelled, now_ms));
    ++totals.cancelled;
}

void Flush::add_event(const store::Message& message, const Json& event, std::int64_t now_ms) {
    Json own = event;
    if (!own.contains("ref")) own.set("ref", format_id(prefix::message, message.id));
    if (!own.contains("channel")) own.set("channel", message.channel);
    pending_events_.push_back(
        {0, message.tenant, message.connection, own.dump(), now_ms + event.value("after_ms", 0), 0, now_ms});
}

void Flush::merge(Flush&& other) {
    const auto append = [](auto& to, auto& from) {
        to.insert(to.end(), std::make_move_iterator(from.begin()), std::make_move_iterator(from.end()));
    };
    append(outcomes, other.outcomes);
    append(deferred, other.deferred);
    append(unsettled_, other.unsettled_);
    append(polls_, other.polls_);
    append(fallbacks_, other.fallbacks_);
    append(pending_events_, other.pending_events_);
    append(blamed_, other.blamed_);
    append(people_, other.people_);
    for (const auto& [reason, n] : other.reasons_) reasons_[reason] += n;
    store::ChunkTotals& t = totals;
    const store::ChunkTotals& add = other.totals;
    t.skipped += add.skipped;
    t.sent += add.sent;
    t.failed += add.failed;
    t.uncertain += add.uncertain;
    t.cancelled += add.cancelled;
    t.deferred += add.deferred;
}

void Flush::write(store::Session& session, Id campaign) const {
    store::outcomes::append(session, outcomes);
    write_follow_ups(session, campaign);
}

void Flush::write_follow_ups(store::Session& session, Id campaign) const {
    store::unsettled::insert(session, unsettled_);
    store::status_polls::insert(session, polls_);
    store::fallbacks::insert(session, fallbacks_);
    if (campaign != 0) store::campaigns::add_reasons(session, campaign, reasons_);
    for (const Blamed& b : blamed_)
        store::suppressions::blame(session, store::Scope{b.tenant}, b.channel, b.address, b.cls, b.message,
                                   b.at);
    store::route_people::count(session, people_);
    store::pending_events::insert(session, pending_events_);
}

}  // namespace dakiya::send
