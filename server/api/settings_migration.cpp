#include "api/settings_migration.hpp"

#include <spdlog/spdlog.h>

#include "api/connection_settings.hpp"
#include "plugin/schema.hpp"
#include "store/connections.hpp"

namespace dakiya::api {

namespace {

constexpr int page = 200;

// The first thing in stored settings that the present schema refuses; empty when there is none. What the
// environment lacks today is no fault of theirs: it is told when the connection is opened.
std::string misfit(const plugin::Environment& environment, const plugin::Manifest& manifest,
                   const Json& settings) {
    auto filled = environment.filled(manifest, settings);
    if (!filled) return {};
    const auto findings = plugin::validate(
        manifest.settings, plugin::with_defaults(manifest.settings, *std::move(filled)), "settings");
    return findings.empty() ? std::string() : findings.front().field + " " + findings.front().text;
}

}  // namespace

void SettingsMigration::run() const {
    for (Id after = 0;;) {
        const auto rows = db.read(
            [&](store::Session& session) { return store::connections::list_any(session, after, page); });
        for (const store::Connection& row : rows) look_at(row);
        if (rows.size() < page) return;
        after = rows.back().id;
    }
}

void SettingsMigration::look_at(const store::Connection& row) const {
    const auto provider = registry.find(row.provider);
    if (!provider) return;
    const auto settings = open_settings(vault, row);
    if (!settings) return;  // a secret cannot be opened: said when somebody needs the connection
    const plugin::Manifest& manifest = provider->manifest();
    const std::string wrong = misfit(environment, manifest, *settings);
    if (wrong.empty()) return;
    auto fresh = migrated(*provider, row);
    if (!fresh)
        return note_trouble(row, manifest.name + " " + manifest.version + " does not take its settings (" +
                                     wrong + "): " + fresh.error().text +
                                     ". Correct them on the connection's page.");
    // False when another server, or a person, was faster.
    writer.run([&](store::Session& session) { store::connections::update(session, *fresh, clock.now_ms()); });
    spdlog::info("the settings of connection {} were migrated for {} {}", row.id, manifest.name,
                 manifest.version);
}

Result<store::Connection> SettingsMigration::migrated(const plugin::Provider& provider,
                                                      const store::Connection& row) const {
    auto old = open_settings(vault, row);
    if (!old) return old.error();
    auto taken = provider.migrate(*old, row.settings_version);
    if (!taken) return taken.error();
    auto checked = checked_settings(environment, provider, *std::move(taken));
    if (const auto* findings = std::get_if<std::vector<Error>>(&checked))
        return Error{
            Code::invalid, "what it made of them does not fit either, " + findings->front().text, {}};
    store::Connection fresh = row;
    if (auto sealed = seal_settings(vault, provider.manifest(), std::get<Json>(checked), fresh); !sealed)
        return sealed.error();
    return fresh;
}

void SettingsMigration::note_trouble(const store::Connection& row, const std::string& text) const {
    spdlog::warn("connection {}: {}", row.id, text);
    if (row.state == store::connection_state::disabled) return;
    writer.run([&](store::Session& session) {
        store::connections::set_state(session, store::Scope{row.tenant}, row.id,
                                      store::connection_state::needs_attention, text, clock.now_ms());
    });
}

}  // namespace dakiya::api
