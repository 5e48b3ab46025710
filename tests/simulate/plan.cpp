#include "plan.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "chance.hpp"

namespace dakiya::simulate {

namespace {

// Half of the seeds do not know this trouble.
int sometimes(Chance& chance, std::int64_t often, std::int64_t rarely) {
    return chance.one_in(2) ? static_cast<int>(chance.between(often, rarely)) : 0;
}

// Audiences of many chunks, so that a node holds several of one campaign and others take over some of them.
void draw_chunks(Chance& chance, Plan& plan) {
    if (!chance.one_in(2)) return;
    plan.page = static_cast<int>(chance.between(1, 6));
    plan.chunks = static_cast<int>(chance.between(2, 9));
    if (chance.one_in(2)) plan.connections = static_cast<int>(chance.between(1, 3));
}

// What is built upon sending a message once.
void draw_features(Chance& chance, Plan& plan) {
    plan.route.resend = chance.one_in(2);
    // A part of the audience a day, so that the others wait for the next ones.
    const auto share = [&] { return static_cast<int>(plan.contacts / chance.between(1, 3) + 1); };
    if (chance.one_in(5)) plan.limits.per_day = share();
    if (chance.one_in(5)) plan.limits.people = share();
    if (plan.promise == Promise::blind) return;  // further messages to a person: see plan.campaigns
    if (chance.one_in(2)) {
        plan.route.steps = static_cast<int>(chance.between(1, 2));
        plan.route.after_s = chance.one_in(2) ? static_cast<int>(chance.between(1, 15)) : 0;
        plan.route.on_failure = plan.route.after_s == 0 || !chance.one_in(3);
    }
    plan.people.retry_failed = sometimes(chance, 60, 300);
    if (chance.one_in(3)) plan.passwords = static_cast<int>(chance.between(1, 6));
}

constexpr std::array promises{"correlating", "queryable", "idempotent", "blind"};

}  // namespace

Plan draw_plan(std::uint64_t seed) {
    Chance chance(seed);
    Plan plan;
    plan.nodes = static_cast<int>(chance.between(1, 4));
    plan.promise = static_cast<Promise>(chance.below(promises.size()));
    plan.batch = chance.one_in(3) ? static_cast<int>(chance.between(2, 9)) : 1;
    plan.calls_per_second = chance.one_in(3) ? static_cast<int>(chance.between(5, 80)) : 0;
    plan.contacts = static_cast<int>(chance.between(1, 40));
    // A blind provider's reports are matched by address, which is a guess when one person has several.
    plan.campaigns = plan.promise == Promise::blind ? 1 : static_cast<int>(chance.between(1, 3));
    plan.singles = plan.promise == Promise::blind ? 0 : static_cast<int>(chance.between(0, 6));
    plan.chaos = Millis(chance.between(1, 12) * 1'000);

    plan.store.busy = sometimes(chance, 30, 600);
    plan.store.lost = sometimes(chance, 60, 1'000);
    plan.store.refused = chance.one_in(4) ? static_cast<int>(chance.between(200, 1'000)) : 0;
    plan.store.commit_lost = sometimes(chance, 20, 300);
    plan.store.stall = sometimes(chance, 200, 2'000);
    plan.store.outage = sometimes(chance, 200, 2'000);
    plan.wire.no_connection = sometimes(chance, 3, 40);
    plan.wire.slow_connection = sometimes(chance, 3, 40);
    plan.wire.request_lost = sometimes(chance, 5, 60);
    plan.wire.answer_lost = sometimes(chance, 5, 60);
    plan.wire.late = sometimes(chance, 3, 40);
    plan.wire.garbled = chance.one_in(4) ? static_cast<int>(chance.between(5, 60)) : 0;
    plan.provider.refused = sometimes(chance, 3, 30);
    plan.provider.throttled = sometimes(chance, 3, 30);
    plan.provider.trouble = sometimes(chance, 3, 30);
    plan.provider.misconfigured = chance.one_in(5) ? static_cast<int>(chance.between(20, 60)) : 0;
    plan.provider.fails_later = sometimes(chance, 3, 30);
    plan.provider.webhook_twice = sometimes(chance, 2, 10);
    plan.process.crash = sometimes(chance, 80, 1'000);
    plan.process.freeze = sometimes(chance, 80, 1'000);
    plan.process.clock_jump = chance.one_in(4) ? static_cast<int>(chance.between(100, 1'000)) : 0;
    plan.people.pause = sometimes(chance, 60, 600);
    plan.people.cancel = chance.one_in(4) ? static_cast<int>(chance.between(100, 600)) : 0;
    plan.people.pace = sometimes(chance, 60, 600);
    plan.people.stop = sometimes(chance, 40, 300);
    draw_features(chance, plan);
    draw_chunks(chance, plan);
    return plan;
}

std::string describe(const Plan& plan) {
    std::string text = fmt::format(
        "{} nodes, {} provider, batches of {}, {} calls a second, {} contacts, {} campaigns, {} singles",
        plan.nodes, promises.at(static_cast<std::size_t>(plan.promise)), plan.batch, plan.calls_per_second,
        plan.contacts, plan.campaigns, plan.singles);
    const auto add = [&text](const char* name, int n) {
        if (n > 0) text += fmt::format(", {} 1/{}", name, n);
    };
    add("busy", plan.store.busy);
    add("connection lost", plan.store.lost);
    add("refused", plan.store.refused);
    add("lost in commit", plan.store.commit_lost);
    add("stall", plan.store.stall);
    add("outage", plan.store.outage);
    add("no connection", plan.wire.no_connection);
    add("slow connection", plan.wire.slow_connection);
    add("request lost", plan.wire.request_lost);
    add("answer lost", plan.wire.answer_lost);
    add("late", plan.wire.late);
    add("garbled", plan.wire.garbled);
    add("refused by provider", plan.provider.refused);
    add("throttled", plan.provider.throttled);
    add("provider trouble", plan.provider.trouble);
    add("misconfigured", plan.provider.misconfigured);
    add("fails later", plan.provider.fails_later);
    add("webhook twice", plan.provider.webhook_twice);
    add("crash", plan.process.crash);
    add("freeze", plan.process.freeze);
    add("clock jump", plan.process.clock_jump);
    add("pause", plan.people.pause);
    add("cancel", plan.people.cancel);
    add("pace", plan.people.pace);
    add("STOP", plan.people.stop);
    add("retry failed", plan.people.retry_failed);
    if (plan.page > 0)
        text += fmt::format(", chunks of {} and {} of them at once over {} connections", plan.page,
                            plan.chunks, plan.connections);
    const auto& route = plan.route;
    if (route.steps > 0)
        text += fmt::format(", {} further steps {}{}", route.steps, route.on_failure ? "after failures" : "",
                            route.after_s > 0 ? fmt::format(" after {} s", route.after_s) : "");
    if (route.resend) text += ", sent again when the answer was lost";
    if (plan.passwords > 0) text += fmt::format(", {} passwords", plan.passwords);
    if (plan.limits.per_day > 0) text += fmt::format(", {} messages a day", plan.limits.per_day);
    if (plan.limits.people > 0) text += fmt::format(", {} people a day", plan.limits.people);
    return text;
}

}  // namespace dakiya::simulate
