// What the providers share: settings, ledger, violations, rates, and the drawing of fates.
// One thread; nothing here locks.
#pragma once

#include "config.hpp"
#include "fate.hpp"
#include "files.hpp"
#include "http.hpp"
#include "ledger.hpp"
#include "player.hpp"
#include "replies.hpp"
#include "role.hpp"

#include "dakiya/json.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

namespace sim {

std::int64_t now_ms();  // milliseconds since 1970

// What one message came to.
struct Outcome {
    int refused = 0;               // with this code; 0: it is not
    bool unanswered = false;       // whether it was taken or not
    std::optional<std::size_t> n;  // its entry of the ledger
};

class World {
public:
    static constexpr std::size_t max_violations = 10'000;  // listed; all are counted

    World();

    // The settings become `document`, when it has no fault.
    Fault configure(dakiya::Json document);
    const dakiya::Json& document() const { return document_; }
    const Config& config() const { return config_; }
    Ledger& ledger() { return ledger_; }
    Files& files() { return files_; }
    const Files& files() const { return files_; }
    Player& player(Provider provider) { return *players_[index_of(provider)]; }

    // Everybody forgets what happened; keeps the settings.
    void reset();

    // Takes one message from the bucket of a sender; false = over the rate.
    bool within_rate(Provider provider, std::string_view sender, const Rate& rate);

    // Draws the fate of a message that breaks no rule, and writes it down when it is taken.
    Outcome take(const Message& message);

    // The two steps of take(), for calls that have several recipients.
    // What becomes of a request for this recipient. Counts refusals and tries.
    Verdict judge(Provider provider, std::uint64_t to);
    void refuse(Provider provider, int code) { ledger_.refused(provider, code); }

    // Writes the recipient down and lets its webhooks start. Answers the number of the entry.
    std::size_t accept(const Message& message, bool cut, std::uint32_t batch = 0);
    std::function<void(std::size_t)> on_accepted;

    // The gateway without a contract: counts, and knows a number that came twice. Answers the message's id.
    std::uint64_t accept_plain(std::uint64_t to);
    dakiya::Json plain_summary() const;

    // Something that no correct client does. Tests demand that there is none.
    void violation(Provider provider, std::string what);
    dakiya::Json violations() const;

    // The delay of one more answer.
    std::chrono::milliseconds latency();
    // A number that was not given out yet, for ids of things that are not in the ledger.
    std::uint64_t next_number() { return ++numbers_; }

private:
    struct Bucket {
        double tokens = 0;
        std::chrono::steady_clock::time_point filled;
    };
    struct Violation {
        Provider provider;
        std::int64_t at;
        std::string what;
    };

    dakiya::Json document_;
    Config config_;
    Ledger ledger_;
    Files files_;
    std::unique_ptr<Player> players_[provider_count];
    std::unordered_map<std::string, Bucket> buckets_;
    std::unordered_map<std::uint64_t, unsigned> attempts_;  // only recipients that were not simply accepted
    std::unordered_set<std::uint64_t> plain_numbers_;
    std::uint64_t plain_count_ = 0;
    std::vector<Violation> violations_;
    std::uint64_t violation_count_ = 0;
    std::uint64_t draws_ = 0;
    std::uint64_t numbers_ = 1ULL << 40U;  // far from the entries of the ledger
};

}  // namespace sim
