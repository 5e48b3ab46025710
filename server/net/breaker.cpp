#include "net/breaker.hpp"

#include <algorithm>

namespace dakiya::net {
namespace {

Millis at_least_one(Steady::duration left) { return std::max(Millis(1), std::chrono::ceil<Millis>(left)); }

}  // namespace

Breaker::Breaker(const Clock& clock, BreakerOptions options) : clock_(clock), options_(options) {}

std::optional<Millis> Breaker::ask(const std::string& key) {
    const std::lock_guard lock(mutex_);
    const auto found = circuits_.find(key);
    if (found == circuits_.end() || found->second.state == State::closed) return std::nullopt;
    Circuit& circuit = found->second;
    const Steady now = clock_.steady();
    if (now < circuit.retry_at) return at_least_one(circuit.retry_at - now);
    circuit.state = State::half_open;  // this caller is the probe
    circuit.retry_at = now + circuit.wait;
    return std::nullopt;
}

void Breaker::succeeded(const std::string& key) {
    const std::lock_guard lock(mutex_);
    Circuit& circuit = circuits_[key];
    if (circuit.state == State::half_open) circuit = {};
    // While open, an answer to an older request proves little: the probe decides.
    if (circuit.state == State::open) return;
    circuit.in_a_row = 0;
    remember(circuit, true);
}

void Breaker::failed(const std::string& key) {
    const std::lock_guard lock(mutex_);
    Circuit& circuit = circuits_[key];
    if (circuit.state == State::open) return;
    if (circuit.state == State::half_open)
        return open(circuit, std::min(circuit.wait * 2, options_.longest_wait));
    ++circuit.in_a_row;
    remember(circuit, false);
    if (circuit.in_a_row >= options_.in_a_row || mostly_bad(circuit)) open(circuit, options_.first_wait);
}

Breaker::State Breaker::state(const std::string& key) const {
    const std::lock_guard lock(mutex_);
    const auto found = circuits_.find(key);
    return found == circuits_.end() ? State::closed : found->second.state;
}

void Breaker::remember(Circuit& circuit, bool good) const {
    const Outcome outcome{clock_.steady(), good};
    if (circuit.outcomes.size() < options_.window) {
        circuit.outcomes.push_back(outcome);
        return;
    }
    circuit.outcomes[circuit.next] = outcome;
    circuit.next = (circuit.next + 1) % circuit.outcomes.size();
}

bool Breaker::mostly_bad(const Circuit& circuit) const {
    if (circuit.outcomes.size() < options_.window) return false;
    const Steady oldest = circuit.outcomes[circuit.next].at;
    if (clock_.steady() - oldest > options_.window_time) return false;
    const auto bad = std::count_if(circuit.outcomes.begin(), circuit.outcomes.end(),
                                   [](const Outcome& outcome) { return !outcome.good; });
    return static_cast<std::size_t>(bad) * 2 > options_.window;
}

void Breaker::open(Circuit& circuit, Millis wait) const {
    circuit = {};
    circuit.state = State::open;
    circuit.wait = wait;
    circuit.retry_at = clock_.steady() + wait;
}

}  // namespace dakiya::net
