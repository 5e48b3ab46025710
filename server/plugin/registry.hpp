// The providers of this server and the connections that are open on them. [any thread]
#pragma once

#include <cstdint>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/clock.hpp"
#include "base/id.hpp"
#include "base/result.hpp"
#include "plugin/file.hpp"
#include "plugin/probe.hpp"
#include "plugin/provider.hpp"
#include "plugin/quarantine.hpp"

namespace dakiya::plugin {

class Registry {
public:
    struct Options {
        std::vector<std::string> folders;        // each *.so directly inside is a plugin
        std::vector<std::string> probe_command;  // {"/usr/bin/dakiya", "plugin", "inspect"}; see probe.hpp
        std::string probe_cache;                 // file of remembered verdicts; empty: none
        bool allow_http = false;                 // see LocalOptions
        std::size_t max_connections = 10'000;    // open at once; the longest unused one goes first
        std::function<void(const std::string& provider, const std::string& reason)> on_quarantine;
    };

    struct Loaded {
        std::string path;  // file, or folder that cannot be read
        bool ok = false;
        std::string sentence;  // what was loaded, or why not and what to do
    };

    Registry(Options options, const Clock& clock);
    Registry(const Registry&) = delete;
    Registry& operator=(const Registry&) = delete;

    // Looks through the folders and loads what is new there; a refused file does not stop the others.
    // One entry for each file, sorted by path. Call it again to pick up added files; a file that is loaded
    // already is not loaded again (updating one needs a restart).
    std::vector<Loaded> load_all();

    // A provider that is no library: those of tests/simulate.
    void add(std::shared_ptr<const Provider> provider);

    std::vector<std::shared_ptr<const Provider>> providers() const;   // by id
    std::shared_ptr<const Provider> find(std::string_view id) const;  // null when there is none

    // The open connection `id`, opened with settings() when it is not open yet or `version` is newer than
    // that of the open one; the older closes after its last call. settings() is called without a lock and
    // gives a JSON object that has passed the manifest's schema, secrets in the clear.
    // Errors: not_found (no such provider), unavailable (quarantined), those of settings() and open().
    Result<std::shared_ptr<const Connection>> connection(Id id, std::int64_t version,
                                                         std::string_view provider,
                                                         const std::function<Result<Json>()>& settings);
    // Forgets an open connection: disabled, deleted, or its tenant is gone.
    void forget(Id id);

    // Broken rules of providers that run in this process are noted by the registry itself; crashes are
    // noted by whoever sees a worker die.
    void note_fault(std::string_view provider, Fault kind, std::string_view sentence);
    std::optional<std::string> quarantined(std::string_view provider) const;  // the reason
    void release(std::string_view provider);

private:
    struct Open {
        Id id = 0;
        std::int64_t version = 0;
        std::shared_ptr<const Connection> connection;
    };

    Loaded load(const std::string& path);
    std::shared_ptr<const Connection> keep(Open fresh);

    const Options options_;
    const Clock& clock_;
    Probe probe_;
    const std::shared_ptr<Quarantine> quarantine_;  // shared with the providers, which note their faults
    std::mutex loading_;                            // one load_all() at a time
    std::map<FileIdentity, std::string> loaded_;    // → the sentence; under loading_

    mutable std::mutex mutex_;  // for what follows; never held across a call out
    std::map<std::string, std::shared_ptr<const Provider>, std::less<>> providers_;
    std::list<Open> open_;  // most recently used first
    std::unordered_map<Id, std::list<Open>::iterator> by_id_;
};

}  // namespace dakiya::plugin
