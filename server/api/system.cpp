// Whether the server is alive, and whether it can do its work.
#include <memory>
#include <mutex>
#include <optional>

#include <spdlog/spdlog.h>

#include "api/problem.hpp"
#include "api/resources.hpp"
#include "api/schemas.hpp"
#include "store/leases.hpp"

namespace dakiya::api {

namespace {

constexpr Millis asked_again{1'000};

// Anybody may ask, so the database is written to once a second at most.
class Readiness {
public:
    explicit Readiness(Services& services) : services_(services) {}

    Result<Response> look() {
        if (services_.registry.providers().empty())
            return Error{Code::unavailable, "no provider is loaded; look at the log and the plugin folders",
                         ""};
        const std::lock_guard lock(mutex_);
        const Steady now = services_.clock.steady();
        if (!asked_at_ || now - *asked_at_ >= asked_again) {
            problem_ = problem();
            asked_at_ = now;
        }
        if (!problem_.empty()) return Error{Code::unavailable, problem_, ""};
        return json_response(200, Json{{"ok", true}});
    }

private:
    // A database that can be read and not written to is of no use: nothing can be marked.
    std::string problem() {
        try {
            services_.db.read([](store::Session& session) { return session.query("SELECT 1"); });
        } catch (const store::DbError& error) {
            spdlog::warn("not ready: {}", error.what());
            return "the database cannot be reached";
        }
        try {
            services_.writer.run([now = services_.clock.now_ms()](store::Session& session) {
                store::leases::acquire(session, "readyz", "readyz", now, now + 1);
            });
        } catch (const store::DbError& error) {
            spdlog::warn("not ready: {}", error.what());
            return "the database takes no writes: it is read-only, full or away";
        }
        return {};
    }

    Services& services_;
    std::mutex mutex_;
    std::optional<Steady> asked_at_;
    std::string problem_;  // empty: none
};

}  // namespace

Routes system_routes(Services& services) {
    const Json answer = schema::object({{"ok", schema::boolean()}});
    Route health{"GET",
                 "/healthz",
                 Permission::none,
                 "getHealth",
                 "Says that the process is alive.",
                 [](Call&) -> Result<Response> {
                     return json_response(200, Json{{"ok", true}});
                 }};
    health.answer = answer;
    Route readiness{"GET",
                    "/readyz",
                    Permission::none,
                    "getReadiness",
                    "Says whether the database takes writes and a provider is loaded.",
                    [readiness = std::make_shared<Readiness>(services)](Call&) { return readiness->look(); }};
    readiness.answer = answer;
    return {std::move(health), std::move(readiness)};
}

}  // namespace dakiya::api
