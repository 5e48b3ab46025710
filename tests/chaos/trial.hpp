// One trial: a campaign and some singles while things go wrong, until all is settled or nothing goes on.
#pragma once

#include <filesystem>

#include "scene.hpp"

namespace chaos {

struct Setting {
    std::filesystem::path folder;  // of this trial
    MariaDb* mariadb = nullptr;
    const Sim* sim = nullptr;
    Millis lease{1'500};
    // After the last fault has ended; then what is open is stuck. A sixth attempt waits for half a minute.
    Millis patience{120'000};
};

Findings run_trial(const Plan& plan, const Setting& setting);

}  // namespace chaos
