#include "trial.hpp"

#include <algorithm>
#include <atomic>
#include <csignal>
#include <functional>
#include <queue>
#include <thread>

namespace chaos {

namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

constexpr auto look_every = 150ms;
constexpr auto tick = 10ms;

// Something to do at a moment.
struct Action {
    Clock::time_point at;
    std::function<void()> act;
    bool operator>(const Action& other) const { return at > other.at; }
};

class Trial {
public:
    Trial(const Plan& plan, const Setting& setting)
        : plan_(plan),
          setting_(setting),
          scene_(plan, setting.folder, setting.mariadb, *setting.sim, setting.lease) {}

    Findings run() {
        const std::string campaign = scene_.send_campaign();
        const auto begun = Clock::now();
        for (const Fault& fault : plan_.faults)
            actions_.push({begun + fault.at, [this, fault] { begin(fault); }});
        std::jthread singles([this](const std::stop_token& stop) { post_singles(stop); });
        while (!actions_.empty()) live();
        faults_over_ = true;
        const bool rested = wait_for_rest();
        singles.request_stop();
        singles.join();
        return verdict(campaign, rested);
    }

private:
    // A moment: what is due happens, and what is to be seen is seen.
    void live() {
        while (!actions_.empty() && actions_.top().at <= Clock::now()) {
            const Action action = actions_.top();
            actions_.pop();
            action.act();
        }
        see();
        std::this_thread::sleep_for(tick);
    }

    void see() {
        if (Clock::now() < look_at_) return;
        look_at_ = Clock::now() + look_every;
        try {
            history_.see(scene_.fates());
        } catch (const dakiya::store::DbError&) {
            // It is down: that is part of the trial.
        }
        for (const auto& server : scene_.servers())
            if (!server->running() && !expected_dead_.contains(server.get()))
                throw std::runtime_error("a server ended by itself: see " + server->log().string());
    }

    void later(Millis in, std::function<void()> act) { actions_.push({Clock::now() + in, std::move(act)}); }

    // Begins a fault, and notes how it is undone.
    void begin(const Fault& fault) {
        Server& server = *scene_.servers().at(static_cast<std::size_t>(fault.server));
        switch (fault.kind) {
            case Kind::kill:
                return kill(server, fault.lasts);
            case Kind::stop:
                if (expected_dead_.contains(&server)) return;
                server.signal(SIGSTOP);
                return later(fault.lasts, [this, &server] {
                    if (!expected_dead_.contains(&server)) server.signal(SIGCONT);
                });
            case Kind::reset_db:
                if (server.database()) server.database()->reset();
                return;
            case Kind::reset_sim:
                return server.provider().reset();
            case Kind::swallow_db:
                if (server.database()) during(fault, *server.database(), &Proxy::swallow);
                return;
            case Kind::swallow_sim:
                return during(fault, server.provider(), &Proxy::swallow);
            case Kind::stall_db:
                if (server.database()) during(fault, *server.database(), &Proxy::stall);
                return;
            case Kind::stall_sim:
                return during(fault, server.provider(), &Proxy::stall);
            case Kind::database:
                scene_.mariadb()->kill();
                return later(fault.lasts, [this] { scene_.mariadb()->restart(); });
            case Kind::read_only:
                set_read_only(true);
                return later(fault.lasts, [this] { set_read_only(false); });
            case Kind::full_disk:
                scene_.disk()->fill();
                return later(fault.lasts, [this] { scene_.disk()->free(); });
            case Kind::clock:
                return server.jump(fault.jump);
        }
    }

    void kill(Server& server, Millis dead) {
        if (!expected_dead_.insert(&server).second) return;
        server.kill();
        later(dead, [this, &server] { revive(server); });
    }

    // A server that meets a database which is down ends with a message, as an operator's supervisor expects;
    // it is started again until it serves.
    void revive(Server& server) {
        server.start();
        try {
            server.wait_ready();
            expected_dead_.erase(&server);
        } catch (const std::runtime_error&) {
            later(200ms, [this, &server] { revive(server); });
        }
    }

    void during(const Fault& fault, Proxy& proxy, void (Proxy::*set)(bool)) {
        (proxy.*set)(true);
        later(fault.lasts, [&proxy, set] { (proxy.*set)(false); });
    }

    // The database may be down just then.
    void set_read_only(bool on) {
        try {
            scene_.mariadb()->read_only(on);
        } catch (const dakiya::store::DbError&) {
            if (!on) later(200ms, [this] { set_read_only(false); });
        }
    }

    // Each with a key, again until it is taken, as a careful client does. A key whose request was cut off
    // with its server stays in progress: then the client looks whether the message is there (docs/api.md).
    void post_singles(const std::stop_token& stop) {
        for (int n = 0; n < plan_.singles && refused_.empty(); ++n) {
            while (!stop.stop_requested() && !taken(n)) std::this_thread::sleep_for(50ms);
            if (stop.stop_requested()) return;
            ++taken_;
            std::this_thread::sleep_for(100ms);
        }
        posted_ = true;
    }

    bool taken(int n) {
        const Json message = scene_.single(n);
        const std::string attempt = std::to_string(cut_off_);
        try {
            const auto answer =
                scene_.api().ask("POST", "/v1/messages", message.dump(),
                                 {{"Idempotency-Key", "single-" + std::to_string(n) + "-" + attempt}});
            if (answer.status == 202) return true;
            if (answer.status == 409 && faults_over_) {
                if (scene_.known(message.at("to").text())) return true;
                ++cut_off_;
            } else if (answer.status < 500 && answer.status != 409) {
                refused_ = "a single was refused: " + answer.body;
                return true;
            }
        } catch (const std::exception&) {
            // No server, or none that could answer: again.
        }
        return false;
    }

    // All faults are over. True when everything came to its end.
    bool wait_for_rest() {
        const auto end = Clock::now() + setting_.patience;
        int quiet = 0;  // looks in a row: what is on its way between two parts shows in neither
        while (Clock::now() < end) {
            live();
            try {
                quiet = posted_ && scene_.sim().quiet() && scene_.still_open().empty() ? quiet + 1 : 0;
            } catch (const dakiya::store::DbError&) {
                quiet = 0;
            }
            if (quiet == 3) return true;
            std::this_thread::sleep_for(50ms);
        }
        return false;
    }

    Findings verdict(const std::string& campaign, bool rested) {
        const std::vector<Fate> fates = scene_.fates();
        history_.see(fates);
        Expected expected;
        expected.recipients = plan_.people + taken_;
        expected.correlating = plan_.provider == "meta";
        expected.certain = !plan_.loses_answers();
        expected.singles = scene_.singles();
        const Json stats = scene_.api().get("/v1/campaigns/" + campaign + "/stats");
        for (const auto& [state, n] : stats.at("states").members())
            if (n.integer() != 0) expected.counted[*dakiya::domain::parse_state(state)] = n.integer();
        Findings findings = judge(expected, fates, setting_.sim->accepted(plan_.provider), history_);
        if (!refused_.empty()) {
            ++findings.lost;
            findings.examples.push_back(refused_);
        }
        if (!rested && findings.stuck == 0) {
            ++findings.stuck;
            findings.examples.push_back("it did not come to rest (" + scene_.still_open() +
                                        "; the simulator " +
                                        (scene_.sim().quiet() ? "is quiet" : "still sends") + "): campaign " +
                                        scene_.api().get("/v1/campaigns/" + campaign).dump());
        }
        return findings;
    }

    const Plan& plan_;
    const Setting& setting_;
    Scene scene_;
    std::priority_queue<Action, std::vector<Action>, std::greater<>> actions_;
    std::set<const Server*> expected_dead_;
    History history_;
    Clock::time_point look_at_;

    // Of the thread that posts, read when it has ended; posted_ also before.
    int taken_ = 0, cut_off_ = 0;
    std::string refused_;
    std::atomic<bool> posted_ = false;

    std::atomic<bool> faults_over_ = false;
};

}  // namespace

Findings run_trial(const Plan& plan, const Setting& setting) {
    std::filesystem::create_directories(setting.folder);
    return Trial(plan, setting).run();
}

}  // namespace chaos
