#include "judge.hpp"

#include <algorithm>
#include <cstdlib>

namespace chaos {

namespace {

constexpr std::size_t most_examples = 10;

bool arrived(State state) {
    return state == State::sent || state == State::delivered || state == State::read;
}

// A row that has not begun yet is read as queued, one that is on its way as sending; both are before the
// first outcome, and a message that is tried again goes from one to the other and back. One whose owner was
// lost is queued again when that one turns out alive and knows that it was not taken.
bool moved_back(const Fate& before, const Fate& now) {
    const auto open = [](State state) { return state == State::queued || state == State::sending; };
    if (before.state == now.state || open(before.state)) return false;
    if (before.state == State::uncertain && before.code == "lost_owner" && open(now.state)) return false;
    return !dakiya::domain::may_follow(before.state, now.state);
}

class Judge {
public:
    Judge(const Expected& expected, const std::vector<Accepted>& accepted) : expected_(expected) {
        for (const Accepted& entry : accepted) {
            ++times_[entry.to];
            if (entry.failed) failed_.insert(entry.to);
        }
    }

    void look_at(const Fate& fate, bool was_uncertain) {
        const auto found = times_.find(fate.address);
        const int times = found == times_.end() ? 0 : found->second;
        if (times > 1)
            note(findings.duplicated, times - 1, fate, "was accepted " + std::to_string(times) + " times");
        if (fate.state == State::uncertain) {
            ++findings.uncertain;
            if (expected_.certain)
                note(findings.unexplained, 1, fate, "no answer was lost");
            else if (expected_.correlating && times > 0)
                note(findings.unexplained, 1, fate, "the provider has told what became of it");
            return;
        }
        if (was_uncertain) ++findings.settled;
        if (arrived(fate.state)) {
            if (times == 0) note(findings.lost, 1, fate, "the provider never took it");
        } else if (fate.state == State::failed) {
            if (fate.code == "lost_owner" && times == 0)
                ++findings.unsent;
            else if (!failed_.contains(fate.address))
                note(findings.lost, 1, fate, "the provider never said so");
        } else if (fate.state == State::queued || fate.state == State::sending) {
            note(findings.stuck, 1, fate, "nothing goes on");
        } else {
            note(findings.lost, 1, fate, "nobody asked for that");
        }
    }

    void note(int& counter, int by, const Fate& fate, const std::string& why) {
        counter += by;
        example("message " + std::to_string(fate.message) + " to " + fate.address + " is " +
                std::string(dakiya::domain::to_string(fate.state)) + ": " + why);
    }

    void example(const std::string& text) {
        if (findings.examples.size() < most_examples) findings.examples.push_back(text);
    }

    Findings findings;

private:
    const Expected& expected_;
    std::map<std::string, int> times_;
    std::set<std::string> failed_;
};

}  // namespace

void History::see(const std::vector<Fate>& fates) {
    for (const Fate& fate : fates) {
        const auto [entry, first] = last_.emplace(fate.message, fate);
        if (!first && moved_back(entry->second, fate)) ++backwards_;
        entry->second = fate;
        if (fate.state == State::uncertain) uncertain_.insert(fate.message);
    }
}

Findings& Findings::operator+=(const Findings& other) {
    lost += other.lost;
    duplicated += other.duplicated;
    unsent += other.unsent;
    uncertain += other.uncertain;
    settled += other.settled;
    stuck += other.stuck;
    backwards += other.backwards;
    miscounted += other.miscounted;
    unexplained += other.unexplained;
    return *this;
}

Findings judge(const Expected& expected, const std::vector<Fate>& fates,
               const std::vector<Accepted>& accepted, const History& history) {
    Judge judge(expected, accepted);
    std::map<State, std::int64_t> counted;
    std::set<std::string> known;
    for (const Fate& fate : fates) {
        judge.look_at(fate, history.uncertain().contains(fate.message));
        known.insert(fate.address);
        if (!expected.singles.contains(fate.message)) ++counted[fate.state];
    }
    if (const int missing = expected.recipients - static_cast<int>(fates.size()); missing != 0) {
        judge.findings.lost += std::abs(missing);
        judge.example(std::to_string(fates.size()) + " messages of " + std::to_string(expected.recipients));
    }
    for (const Accepted& entry : accepted)
        if (!known.contains(entry.to)) {
            ++judge.findings.lost;
            judge.example("the provider took a message to " + entry.to + ", which is not ours");
        }
    for (const auto& [state, n] : expected.counted) counted.emplace(state, 0);
    for (const auto& [state, n] : counted) {
        const auto shown = expected.counted.find(state);
        if ((shown == expected.counted.end() ? 0 : shown->second) == n) continue;
        ++judge.findings.miscounted;
        judge.example("the statistics show " +
                      std::to_string(shown == expected.counted.end() ? 0 : shown->second) + " " +
                      std::string(dakiya::domain::to_string(state)) + ", there are " + std::to_string(n));
    }
    judge.findings.backwards = history.backwards();
    if (history.backwards() > 0)
        judge.example(std::to_string(history.backwards()) + " moves to an earlier state were seen");
    return std::move(judge.findings);
}

}  // namespace chaos
