// Opens a plugin's file, finds its entry, keeps it for ever: a library is never unloaded, because whether
// that works depends on its author's code (docs/design.md 3.7).
#pragma once

#include <string>
#include <string_view>

#include "base/result.hpp"
#include "dakiya/abi.h"

namespace dakiya::plugin {

// Runs the file's initialisers and its entry in this process: a file that nobody has looked at goes
// through Probe first. The table lives as long as the process and has passed the checks of the ABI's
// outer shape: sizes, required functions, manifest present. Opening a file again gives the same table.
// [any thread]
Result<const dk_plugin*> load_library(const std::string& path);

// What this server says of itself to a plugin.
const dk_host& host_description();

}  // namespace dakiya::plugin
