// The driver: every operation of every provider runs through here, turn by turn (docs/design.md 6.1).
// It decides what a lost answer means; the plugin decides what an answer means.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/id.hpp"
#include "base/pool.hpp"
#include "domain/outcome.hpp"
#include "net/breaker.hpp"
#include "net/http.hpp"
#include "net/limiter.hpp"
#include "net/mail.hpp"
#include "plugin/provider.hpp"
#include "send/blobs.hpp"
#include "send/credentials.hpp"
#include "send/limits.hpp"
#include "send/mail_files.hpp"
#include "send/pacer.hpp"

namespace dakiya::send {

struct OpenConnection;

struct Call {
    std::shared_ptr<const plugin::Connection> connection;
    Id connection_id = 0;
    Id tenant = 0;
    std::int64_t version = 0;  // of the connection's settings
    std::string op;
    std::string input;           // JSON
    std::size_t recipients = 0;  // of a send: the items of the input's "to"
    net::Lane lane = net::Lane::single;
    std::optional<Steady> not_after;    // no request is begun later: the end of a lease
    std::string step, memo;             // where to go on; empty: from the start
    std::shared_ptr<const Lent> files;  // that its requests and mails may carry; null: none
    std::size_t most_reply =
        0;  // bytes of a reply that becomes a file; 0: a plugin that asks for one is refused

    std::optional<net::Limiter::Draw> pace;  // what it draws on before the provider's limit: a campaign's own
    std::shared_ptr<Pacer::Place> place;     // of a marked call: told when it comes to its limits

    // Called after each turn with its records, on the worker's thread; may block on the store. The records
    // are then not collected in Ended. step and memo are those of the next turn, empty after the last.
    std::function<void(std::vector<plugin::Record> records, const std::string& step, const std::string& memo)>
        on_turn;
};

// A call of that connection; the rest is the caller's.
Call call_to(const OpenConnection& connection, std::string op);

struct Ended {
    enum class How {
        finished,  // the plugin had its last word
        not_sent,  // the last request did not leave us: nothing has happened, it may be tried again
        unknown,   // a request left and no usable answer came
        fault      // the plugin failed before any request
    };
    How how = How::finished;
    domain::Class cls = domain::Class::other;  // unless finished
    std::string code, text;                    // why, for a person
    Millis retry_after{0};                     // not_sent: not before
    bool untried = false;                      // not_sent: its turn did not come, or the breaker is open
    // A request was repeated because its answer was lost: what the repeat was told need not be what became of
    // the copy before it.
    bool earlier_copy = false;
    std::vector<plugin::Record> records;  // of all turns
    std::map<std::uint64_t, std::shared_ptr<store::IncomingBlob>>
        replies;  // that became files, by blob number
};

class Exchange {
public:
    // All must outlive the exchange and whatever runs in it.
    struct Parts {
        net::HttpClient& client;
        net::Limiter& limiter;
        net::Breaker& breaker;
        // Turns of each lane; the campaigns' also has whatever may block on the store.
        Pool& otp_workers;
        Pool& single_workers;
        Pool& workers;
        const Clock& clock;
        Limits& limits;
        net::MailClient* mail = nullptr;     // null: this server does not perform mail/1
        Credentials* credentials = nullptr;  // null: it asks no plugin to authorize
        store::BlobFolder blobs = {};        // where the bytes of files are
    };

    explicit Exchange(Parts parts) : parts_(parts), files_(parts.client, parts.clock, parts.workers) {}

    // `done` is called once, on a worker's thread. [any thread]
    void run(Call call, std::function<void(Ended)> done);
    // As run(), with the first turn on the caller's thread, which must be a worker's of the call's lane.
    void run_here(Call call, std::function<void(Ended)> done);
    // As run(), for many at the price of one wake-up.
    struct Job {
        Call call;
        std::function<void(Ended)> done;
    };
    void run_all(std::vector<Job> jobs);

    static constexpr int most_turns = 16;
    static constexpr int most_list_turns = 1000;  // operations that end in ".list"
    static constexpr int most_repeats = 3;        // of a request that may be repeated

private:
    class Run;
    Parts parts_;
    MailFiles files_;
};

}  // namespace dakiya::send
