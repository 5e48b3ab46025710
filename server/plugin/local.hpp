// A provider that runs in this process: calls through the ABI, copies what comes out, and fails the call
// with a sentence when the plugin breaks a rule of docs/design.md 3.3. The rules on several turns (number
// of turns, one result per recipient over all of them) are the driver's.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "base/clock.hpp"
#include "plugin/provider.hpp"

namespace dakiya::plugin {

struct LocalOptions {
    bool allow_http = false;       // operator: a manifest with "http": true may call http:// addresses
    const Clock* clock = nullptr;  // measures turns; null: the system's. Must outlive the provider
    // Called after each call in which the plugin broke a rule, with the sentence. [any thread]
    std::function<void(const Manifest& manifest, const std::string& sentence)> on_broken_rule;
};

// Loads the library and checks its manifest. The Error is one sentence that says what is wrong with the
// file, without its path.
Result<std::shared_ptr<const Provider>> open_local(const std::string& path, LocalOptions options = {});

}  // namespace dakiya::plugin
