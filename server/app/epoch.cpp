#include "app/epoch.hpp"

#include <fstream>
#include <system_error>

#include "store/epoch.hpp"

namespace dakiya::app {

namespace {

std::filesystem::path file_of(const Config& config) {
    return std::filesystem::path(config.data_folder) / "epoch";
}

}  // namespace

std::int64_t remembered_epoch(const Config& config) {
    std::int64_t epoch = 0;
    std::ifstream(file_of(config)) >> epoch;
    return epoch;
}

// In one step: a file that was cut off would read as a lower number, and hide a backup.
void remember_epoch(const Config& config, std::int64_t epoch) {
    const std::filesystem::path file = file_of(config), next = file.string() + ".new";
    std::ofstream out(next);
    if (!(out << epoch << '\n' << std::flush))
        throw std::system_error(std::make_error_code(std::errc::io_error), "cannot write " + next.string());
    out.close();
    std::filesystem::rename(next, file);
}

Result<void> check_epoch(const Config& config, std::int64_t found) {
    const std::int64_t seen = remembered_epoch(config);
    if (found >= seen) return {};
    return Error{Code::conflict,
                 "the database is older than what this server has seen (epoch " + std::to_string(found) +
                     " after " + std::to_string(seen) +
                     "): it was restored from a backup, and what it would send may have been sent since. "
                     "Nothing is sent before you decide: dakiya doctor tells what is open, dakiya restore "
                     "accept goes on",
                 ""};
}

Result<void> advance_epoch(const Config& config, store::Writer& writer) {
    std::int64_t found = 0;
    writer.run([&](store::Session& session) { found = store::epoch::read(session); });
    if (auto checked = check_epoch(config, found); !checked) return checked;
    writer.run([&](store::Session& session) { store::epoch::raise_to(session, found + 1); });
    remember_epoch(config, found + 1);
    return {};
}

}  // namespace dakiya::app
