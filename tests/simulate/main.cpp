// simulate --seeds N: N worlds, each from its seed, until one breaks a promise.
#include <atomic>
#include <chrono>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include <fmt/format.h>
#include <spdlog/spdlog.h>
#include <CLI/CLI.hpp>

#include "world.hpp"

namespace {

using namespace dakiya::simulate;

struct Tally {
    std::mutex mutex;
    std::uint64_t seeds = 0, findings = 0, ticks = 0;
};

void report(std::uint64_t seed, const Outcome& outcome) {
    fmt::print("{}seed {} breaks a promise: {}: {}\nagain: ./dev simulate --seed {} --trace\n\n",
               outcome.trace, seed, outcome.finding->invariant, outcome.finding->text, seed);
}

// Takes seed after seed; several threads share the work, each world is one thread's.
void run(std::uint64_t first, std::uint64_t count, bool go_on, std::atomic<std::uint64_t>& next,
         Tally& tally) {
    for (std::uint64_t i = next++; i < count; i = next++) {
        const Outcome outcome = simulate(first + i);
        const std::lock_guard lock(tally.mutex);
        ++tally.seeds;
        tally.ticks += outcome.ticks;
        if (tally.seeds % 1'000 == 0) fmt::print(stderr, "{} seeds\n", tally.seeds);
        if (!outcome.finding) continue;
        ++tally.findings;
        report(first + i, outcome);
        if (!go_on) next = count;
    }
}

}  // namespace

int main(int argc, char** argv) {
    std::uint64_t seeds = 1'000, first = 1;
    std::optional<std::uint64_t> one;
    int jobs = 1;
    bool trace = false, go_on = false, log = false;
    CLI::App app{
        "Runs the engines of several nodes over virtual time, a pretend provider and trouble of every kind"};
    app.add_option("--seeds", seeds, "how many worlds")->check(CLI::Range(1, 100'000'000));
    app.add_option("--from", first, "the first seed");
    app.add_option("--seed", one, "this one only");
    app.add_option("--jobs", jobs, "threads")->check(CLI::Range(1, 256));
    app.add_flag("--trace", trace, "with --seed: print everything that happens");
    app.add_flag("--log", log, "with --seed: what the engines log, too");
    app.add_flag("--go-on", go_on, "do not end at the first finding");
    CLI11_PARSE(app, argc, argv);
    spdlog::set_level(log ? spdlog::level::debug : spdlog::level::off);

    const auto begun = std::chrono::steady_clock::now();
    Tally tally;
    if (one) {
        const Outcome outcome = simulate(*one, trace);
        tally.seeds = 1;
        tally.ticks = outcome.ticks;
        tally.findings = outcome.finding ? 1 : 0;
        if (outcome.finding) report(*one, outcome);
    } else {
        std::atomic<std::uint64_t> next = 0;
        std::vector<std::jthread> threads;
        for (int i = 0; i < jobs; ++i) threads.emplace_back([&] { run(first, seeds, go_on, next, tally); });
    }
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begun;
    fmt::print("{{\"simulate\":\"engine\",\"seeds\":{},\"findings\":{},\"steps\":{},\"seconds\":{:.1f}}}\n",
               tally.seeds, tally.findings, tally.ticks, took.count());
    return tally.findings == 0 ? 0 : 1;
}
