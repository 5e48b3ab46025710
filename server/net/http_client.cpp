#include "net/http_client.hpp"

#include <algorithm>
#include <mutex>
#include <unordered_map>
#include <vector>

#include "net/loop.hpp"
#include "net/pool.hpp"
#include "net/request_text.hpp"

namespace dakiya::net {
namespace {

constexpr Millis longest_timeout = std::chrono::hours(1);

// A request on its way from the caller's thread to the loop.
struct Arrival {
    Exchanges one;
    Url url;
    Steady deadline{};
    std::optional<Error> refused;
};

// Parsing and writing the request out happen here, on the caller's thread, to keep the loop free.
Arrival prepare(const Request& request, Done done, const std::string& user_agent) {
    Arrival arrival;
    Exchange& exchange = arrival.one.emplace_back();
    exchange.done = std::move(done);
    exchange.head_only = request.method == "HEAD";
    exchange.max_reply = request.max_reply;
    exchange.lane = request.lane;
    exchange.not_after = request.not_after;
    arrival.deadline =
        std::chrono::steady_clock::now() + std::clamp(request.timeout, Millis(0), longest_timeout);
    auto url = parse_url(request.url);
    if (!url) {
        arrival.refused = url.error();
        return arrival;
    }
    auto text = request_text(request, *url, user_agent);
    if (text) {
        exchange.text = *std::move(text);
    } else {
        arrival.refused = text.error();
    }
    arrival.url = *std::move(url);
    return arrival;
}

}  // namespace

class BeastClient::Pools {
public:
    explicit Pools(ClientOptions options)
        : options_(std::move(options)), loop_(options_.ca_file, "http/1.1"), works_(loop_.io()) {
        loop_.start("net", options_.idle, [this](Steady now) {
            std::erase_if(pools_, [now](const auto& entry) {
                entry.second->sweep(now);
                return entry.second->unused();
            });
        });
    }

    ~Pools() {
        loop_.stop([this] {
            works_.stop();
            for (const auto& entry : pools_) entry.second->stop();
        });
    }

    Pools(const Pools&) = delete;
    Pools& operator=(const Pools&) = delete;

    void perform(const Request& request, Done done) {
        Arrival arrival = prepare(request, std::move(done), options_.user_agent);
        bool first = false;
        {
            const std::lock_guard lock(mutex_);
            first = arrivals_.empty();
            arrivals_.push_back(std::move(arrival));
        }
        if (first) loop_.post([this] { accept(); });
    }

    void after(Millis delay, std::function<void()> work) {
        const Steady due = std::chrono::steady_clock::now() +
                           std::clamp(delay, Millis(0), Millis(std::chrono::hours(24 * 365)));
        loop_.post([this, due, work = std::move(work)]() mutable {
            if (!loop_.stopping()) works_.add(due, std::move(work));
        });
    }

private:
    void accept() {
        {
            const std::lock_guard lock(mutex_);
            accepted_.swap(arrivals_);
        }
        for (Arrival& arrival : accepted_) start(arrival);
        accepted_.clear();
    }

    void start(Arrival& arrival) {
        const Done& done = arrival.one.front().done;
        if (arrival.refused) return done(no_reply(Transport::refused, arrival.refused->text));
        if (loop_.stopping()) return done(no_reply(Transport::refused, "The client is shutting down."));
        pool(arrival.url).add(std::move(arrival.one), arrival.deadline);
    }

    Pool& pool(const Url& url) {
        const std::string key = origin(url);
        const auto found = pools_.find(key);
        if (found != pools_.end()) return *found->second;
        const Url* target = options_.origins.find(key);
        Peer peer{target ? *target : url, target == nullptr, {}};
        const Shared shared{loop_.line(options_.guard), loop_.tls(), options_.connect};
        return *pools_.emplace(key, std::make_unique<Pool>(shared, options_, std::move(peer))).first->second;
    }

    const ClientOptions options_;
    Loop loop_;
    Timers works_;  // after()
    std::unordered_map<std::string, std::unique_ptr<Pool>> pools_;
    std::vector<Arrival> accepted_;

    std::mutex mutex_;
    std::vector<Arrival> arrivals_;
};

BeastClient::BeastClient(ClientOptions options) : pools_(std::make_unique<Pools>(std::move(options))) {}
BeastClient::~BeastClient() = default;

void BeastClient::perform(Request request, Done done) { pools_->perform(request, std::move(done)); }

void BeastClient::after(Millis delay, std::function<void()> work) { pools_->after(delay, std::move(work)); }

}  // namespace dakiya::net
