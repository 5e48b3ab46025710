// A newer plugin may no longer accept the settings of a connection: it is asked to migrate them
// (settings.migrate), once, when the server starts; a plugin is not replaced later.
#pragma once

#include "base/clock.hpp"
#include "plugin/environment.hpp"
#include "plugin/registry.hpp"
#include "security/vault.hpp"
#include "store/connections.hpp"
#include "store/db.hpp"
#include "store/writer.hpp"

namespace dakiya::api {

// Settings that fit are left alone. Those that cannot be migrated make their connection "needs_attention",
// with what a person has to do; nothing else stops. Call it after the plugins are loaded and before an engine
// starts.
struct SettingsMigration {
    store::Database& db;
    store::Writer& writer;
    plugin::Registry& registry;
    const plugin::Environment& environment;
    security::Vault& vault;
    const Clock& clock;

    void run() const;

private:
    void look_at(const store::Connection& row) const;
    Result<store::Connection> migrated(const plugin::Provider& provider, const store::Connection& row) const;
    void note_trouble(const store::Connection& row, const std::string& text) const;
};

}  // namespace dakiya::api
