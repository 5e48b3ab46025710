// Permits for limiters of one test, by the rule that servers share, without a store.
#pragma once

#include <map>
#include <mutex>

#include "domain/pace.hpp"
#include "net/grant_source.hpp"

namespace dakiya::net {

class OwnGrants final : public GrantSource {
public:
    explicit OwnGrants(const Clock& clock) : clock_(clock) {}

    void ask(const GrantRequest& request, Answer answer) override {
        Granted granted;
        {
            const std::lock_guard lock(mutex_);
            ++asked_;
            domain::Pace& pace = paces_[request.key];
            domain::publish(pace, request.per_second, now());
            const auto slots = domain::grant(pace, now(), request.wanted, request.urgent);
            granted.count = slots.count;
            granted.every = slots.every;
            granted.first = moment(slots.first);
            granted.again = moment(slots.again);
            granted.blocked_until = moment(pace.blocked_until);
        }
        answer(granted);
    }
    void slow_down(const std::string& key, Millis hint) override {
        const std::lock_guard lock(mutex_);
        domain::slow_down(paces_[key], now(), hint);
    }
    void report(const std::string& key, double per_second, double reported) override {
        const std::lock_guard lock(mutex_);
        domain::publish(paces_[key], per_second, now());
        domain::report(paces_[key], reported, now());
    }
    int asked() const {
        const std::lock_guard lock(mutex_);
        return asked_;
    }

private:
    domain::Micros now() const {
        return std::chrono::duration_cast<std::chrono::microseconds>(clock_.steady().time_since_epoch())
            .count();
    }
    static Steady moment(domain::Micros at) { return Steady(std::chrono::microseconds(at)); }

    const Clock& clock_;
    mutable std::mutex mutex_;
    std::map<std::string, domain::Pace> paces_;
    int asked_ = 0;
};

}  // namespace dakiya::net
