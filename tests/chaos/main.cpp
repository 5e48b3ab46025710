// chaos: the real server, several of it, with everything around it failing (docs/reliability.md).
// Prints a line for each trial, and one JSON object as the last line of its output.
#include <cstdio>
#include <iostream>

#include <CLI/CLI.hpp>

#include "base/id.hpp"
#include "trial.hpp"

namespace {

using namespace chaos;
namespace fs = std::filesystem;

struct Options {
    int trials = 20;
    std::uint64_t seed = 1;
    std::vector<std::string> faults;
    int servers = 0;
    int lease_ms = 1'500;
    std::string folder;
};

struct Total {
    Findings findings;
    std::vector<std::uint64_t> failed;
    int trials = 0, skipped = 0;
};

bool can_mount(const fs::path& folder) { return SmallDisk::mount(folder / "probe") != nullptr; }

Draw draw_from(const Options& options, const fs::path& folder) {
    Draw from;
    from.servers = options.servers;
    from.lease = Millis(options.lease_ms);
    for (const std::string& name : options.faults) from.kinds.insert(kind_of(name));
    if (from.kinds.empty()) from.kinds.insert(all_kinds().begin(), all_kinds().end());
    if (from.kinds.contains(Kind::full_disk) && !can_mount(folder)) {
        std::cout << "full_disk is left out: a small disk can be mounted by root only\n";
        from.kinds.erase(Kind::full_disk);
    }
    return from;
}

void run_one(const Plan& plan, const Setting& setting, Total& total) {
    ++total.trials;
    std::cout << plan.describe() << std::endl;
    const auto begun = std::chrono::steady_clock::now();
    Findings findings;
    try {
        findings = run_trial(plan, setting);
    } catch (const std::exception& error) {
        ++findings.stuck;
        findings.examples.emplace_back(error.what());
    }
    total.findings += findings;
    std::printf("  %.1f s, %d uncertain, %d settled\n",
                std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count(),
                findings.uncertain, findings.settled);
    if (findings.good()) {
        fs::remove_all(setting.folder);
        return;
    }
    total.failed.push_back(plan.seed);
    for (const std::string& example : findings.examples) std::cout << "  WRONG " << example << '\n';
    std::cout << "  again: --trials 1 --seed " << plan.seed << "; logs: " << setting.folder.string()
              << std::endl;
}

void print(const Total& total, double seconds) {
    const Findings& f = total.findings;
    Json failed = Json::array();
    for (const std::uint64_t seed : total.failed) failed.push_back(static_cast<std::int64_t>(seed));
    const Json line{{"trials", total.trials},     {"lost", f.lost},
                    {"duplicated", f.duplicated}, {"unsent", f.unsent},
                    {"uncertain", f.uncertain},   {"settled", f.settled},
                    {"stuck", f.stuck},           {"backwards", f.backwards},
                    {"miscounted", f.miscounted}, {"unexplained", f.unexplained},
                    {"failed_seeds", failed},     {"seconds", static_cast<std::int64_t>(seconds)}};
    std::cout << line.dump() << std::endl;
}

int run(const Options& options) {
    const fs::path base = options.folder.empty()
                              ? fs::path("/dev/shm") / ("dakiya-chaos-" + dakiya::random_token().substr(0, 8))
                              : fs::path(options.folder);
    fs::create_directories(base);
    const auto begun = std::chrono::steady_clock::now();
    Total total;
    {
        const Draw from = draw_from(options, base);
        MariaDb mariadb(base);
        const Sim sim(base);
        for (int i = 0; i < options.trials; ++i) {
            const Plan plan = draw(options.seed + static_cast<std::uint64_t>(i), from);
            run_one(plan, {base / ("seed" + std::to_string(plan.seed)), &mariadb, &sim, from.lease}, total);
        }
    }
    print(total, std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count());
    if (total.failed.empty() && options.folder.empty()) fs::remove_all(base);
    return total.failed.empty() ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
    Options options;
    CLI::App app("Servers, a database and a provider that fail while a campaign runs");
    app.add_option("--trials", options.trials, "how many")->check(CLI::Range(1, 1'000'000));
    app.add_option("--seed", options.seed, "of the first trial; each has the next one");
    app.add_option("--faults", options.faults, "only these, by comma")->delimiter(',');
    app.add_option("--servers", options.servers, "in each trial; 0: one to four")->check(CLI::Range(0, 8));
    app.add_option("--lease-ms", options.lease_ms, "of the servers")->check(CLI::Range(500, 60'000));
    app.add_option("--folder", options.folder, "for everything; a new one in memory when it is empty");
    CLI11_PARSE(app, argc, argv);
    try {
        return run(options);
    } catch (const std::exception& error) {
        std::cerr << "chaos: " << error.what() << '\n';
        return 2;
    }
}
