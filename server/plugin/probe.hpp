// Looks at a new plugin file in a child process, so that one that crashes, hangs or exits while loading
// costs a child and not the server (docs/design.md 3.7).
#pragma once

#include <mutex>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/result.hpp"

namespace dakiya::plugin {

// What the child does: loads the file in this process and checks its manifest. The value is the
// manifest's text as the plugin gave it.
Result<std::string> inspect_in_process(const std::string& path);

// The whole of `dakiya plugin inspect FILE`: prints {"ok": true, "manifest": "…"} or
// {"ok": false, "reason": "…"} to standard output (what the plugin itself prints goes to standard error)
// and returns the exit code, 0 or 1.
int inspect_main(const std::string& path);

// Remembers verdicts by the SHA-256 of the file. [any thread]
class Probe {
public:
    struct Options {
        std::vector<std::string> command;  // absolute program and arguments; the file is appended
        std::string cache_file;            // JSON, written atomically; empty: remember nothing
        Millis limit{2'000};               // a child that is silent for longer is killed
    };

    explicit Probe(Options options);

    // The manifest's text, or why the file cannot be used. Passes, crashes and silence are remembered
    // until the file or the server's version changes; a refusal in words is asked again each time, since
    // what it misses (a library, say) may be there by then.
    Result<std::string> inspect(const std::string& path);

private:
    Options options_;
    std::mutex mutex_;
};

}  // namespace dakiya::plugin
