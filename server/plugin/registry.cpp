#include "plugin/registry.hpp"

#include <algorithm>

#include "base/log.hpp"
#include "plugin/local.hpp"

namespace dakiya::plugin {

Registry::Registry(Options options, const Clock& clock)
    : options_(std::move(options)),
      clock_(clock),
      probe_({options_.probe_command, options_.probe_cache}),
      quarantine_(std::make_shared<Quarantine>(clock, options_.on_quarantine)) {}

std::vector<Registry::Loaded> Registry::load_all() {
    const std::lock_guard lock(loading_);
    std::vector<Loaded> loaded;
    for (const std::string& folder : options_.folders) {
        const Result<std::vector<std::string>> files = plugin_files(folder);
        if (!files) {
            loaded.push_back({folder, false, files.error().text});
            continue;
        }
        for (const std::string& file : *files) loaded.push_back(load(file));
    }
    std::stable_sort(loaded.begin(), loaded.end(),
                     [](const Loaded& a, const Loaded& b) { return a.path < b.path; });
    for (const Loaded& one : loaded)
        spdlog::log(one.ok ? spdlog::level::info : spdlog::level::warn, "{}: {}", one.path, one.sentence);
    return loaded;
}

Registry::Loaded Registry::load(const std::string& path) {
    const auto refused = [&](const std::string& sentence) { return Loaded{path, false, sentence}; };
    const Result<FileIdentity> identity = check_file(path);
    if (!identity) return refused(identity.error().text);
    if (const auto known = loaded_.find(*identity); known != loaded_.end())
        return {path, true, known->second};

    const Result<std::string> text = probe_.inspect(path);
    if (!text) return refused(text.error().text);
    const Result<Manifest> manifest = parse_manifest(*text);
    if (!manifest) return refused(manifest.error().text);
    if (const auto other = find(manifest->id))
        return refused("its id \"" + manifest->id + "\" is taken by " + other->path() +
                       ": remove one of them");

    LocalOptions local{options_.allow_http, &clock_,
                       [quarantine = quarantine_](const Manifest& m, const std::string& sentence) {
                           quarantine->note(m.id, Fault::broken_rule, sentence);
                       }};
    const Result<std::shared_ptr<const Provider>> provider = open_local(path, std::move(local));
    if (!provider) return refused(provider.error().text);

    const Manifest& m = (*provider)->manifest();
    const std::string sentence = m.name + " " + m.version + " (" + m.id + ") is loaded";
    loaded_.emplace(*identity, sentence);
    const std::lock_guard lock(mutex_);
    providers_.emplace(m.id, *provider);
    return {path, true, sentence};
}

void Registry::add(std::shared_ptr<const Provider> provider) {
    const std::lock_guard lock(mutex_);
    std::string id = provider->manifest().id;
    providers_.insert_or_assign(std::move(id), std::move(provider));
}

std::vector<std::shared_ptr<const Provider>> Registry::providers() const {
    const std::lock_guard lock(mutex_);
    std::vector<std::shared_ptr<const Provider>> all;
    all.reserve(providers_.size());
    for (const auto& [_, provider] : providers_) all.push_back(provider);
    return all;
}

std::shared_ptr<const Provider> Registry::find(std::string_view id) const {
    const std::lock_guard lock(mutex_);
    const auto found = providers_.find(id);
    return found == providers_.end() ? nullptr : found->second;
}

Result<std::shared_ptr<const Connection>> Registry::connection(
    Id id, std::int64_t version, std::string_view provider_id,
    const std::function<Result<Json>()>& settings) {
    const std::shared_ptr<const Provider> provider = find(provider_id);
    if (!provider)
        return Error{Code::not_found, "there is no provider \"" + std::string(provider_id) + "\"", {}};
    if (const auto reason = quarantine_->reason(provider_id))
        return Error{
            Code::unavailable,
            provider->manifest().name + " is in quarantine (" + *reason + "): an operator can release it",
            {}};
    {
        const std::lock_guard lock(mutex_);
        const auto found = by_id_.find(id);
        if (found != by_id_.end() && found->second->version >= version) {
            open_.splice(open_.begin(), open_, found->second);
            return found->second->connection;
        }
    }
    const Result<Json> clear = settings();
    if (!clear) return clear.error();
    Result<std::shared_ptr<const Connection>> opened = provider->open(*clear);
    if (!opened) return opened.error();
    return keep({id, version, *opened});
}

// Two threads may have opened the same one: the newer version stays, or the first.
std::shared_ptr<const Connection> Registry::keep(Open fresh) {
    std::vector<std::shared_ptr<const Connection>> closed;  // after the lock: closing calls the plugin
    const std::lock_guard lock(mutex_);
    if (const auto found = by_id_.find(fresh.id); found != by_id_.end()) {
        if (found->second->version >= fresh.version) {
            closed.push_back(std::move(fresh.connection));
            return found->second->connection;
        }
        closed.push_back(std::move(found->second->connection));
        open_.erase(found->second);
    }
    open_.push_front(std::move(fresh));
    by_id_[open_.front().id] = open_.begin();
    while (open_.size() > std::max<std::size_t>(1, options_.max_connections)) {
        by_id_.erase(open_.back().id);
        closed.push_back(std::move(open_.back().connection));
        open_.pop_back();
    }
    return open_.front().connection;
}

void Registry::forget(Id id) {
    std::shared_ptr<const Connection> closed;
    const std::lock_guard lock(mutex_);
    const auto found = by_id_.find(id);
    if (found == by_id_.end()) return;
    closed = std::move(found->second->connection);
    open_.erase(found->second);
    by_id_.erase(found);
}

void Registry::note_fault(std::string_view provider, Fault kind, std::string_view sentence) {
    quarantine_->note(provider, kind, sentence);
}

std::optional<std::string> Registry::quarantined(std::string_view provider) const {
    return quarantine_->reason(provider);
}

void Registry::release(std::string_view provider) { quarantine_->release(provider); }

}  // namespace dakiya::plugin
