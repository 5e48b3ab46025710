// provider_cases PLUGIN.so CASES [MINIMUM [SCHEMAS]]: plays every case of a provider and the conformance
// suite. Prints what failed and the counts; exit status 0 only when nothing failed and there are enough
// cases.
#include <cstdio>
#include <exception>
#include <filesystem>
#include <set>
#include <string>

#include "dakiya/testing.hpp"

namespace {

using namespace dakiya::testing;

constexpr std::size_t shown = 40;  // failures of one kind come in hundreds

int run(const std::string& library, const std::string& folder, const std::string& schema_folder,
        int minimum) {
    const Plugin plugin(library);
    const Schemas schemas(schema_folder);
    Report report = Conformance(plugin, read_cases(folder), &schemas).run();
    report.check(report.cases >= minimum, "only " + std::to_string(report.cases) + " cases; at least " +
                                              std::to_string(minimum) + " are wanted");

    const std::set<std::string> sentences(report.failures.begin(), report.failures.end());
    std::size_t printed = 0;
    for (const std::string& sentence : sentences)
        if (printed++ < shown) std::printf("FAILED %s\n", sentence.c_str());
    if (sentences.size() > shown) std::printf("… and %zu more\n", sentences.size() - shown);
    std::printf("%s: %d cases, %d checks, %zu failures\n", plugin.manifest().value("id", "?").c_str(),
                report.cases, report.checks, sentences.size());
    return sentences.empty() ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
    if (argc < 4 || argc > 5) {
        std::fprintf(stderr, "usage: provider_cases PLUGIN.so CASES SCHEMAS [MINIMUM]\n");
        return 2;
    }
    try {
        return run(argv[1], argv[2], argv[3], argc > 4 ? std::stoi(argv[4]) : 25);
    } catch (const std::exception& error) {
        std::fprintf(stderr, "%s\n", error.what());
        return 2;
    }
}
