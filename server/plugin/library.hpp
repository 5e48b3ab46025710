// Opens a plugin's file, finds its entry, keeps it for ever: a library is never unloaded, because whether
// that works depends on its author's code (docs/design.md 3.7).
#pragma once

#include <string>
#include <string_view>

#include "base/result.hpp"
#include "dakiya/abi.h"
#include "plugin/manifest.hpp"

namespace dakiya::plugin {

struct Library {
    const dk_plugin* plugin = nullptr;  // lives as long as the process
    Manifest manifest;

    std::string_view manifest_text() const { return {plugin->manifest.data, plugin->manifest.size}; }
};

// Runs the file's initialisers and its entry in this process: a file that nobody has looked at goes through
// Probe first. What comes back has the ABI's outer shape (sizes, required functions) and a sound manifest
// that this server supports. The Error is one sentence without the path. Call it once for a file: the entry
// may run once. [any thread]
Result<Library> load_library(const std::string& path);

}  // namespace dakiya::plugin
