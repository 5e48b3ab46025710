// A tenant's configured uses of providers.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "store/db.hpp"
#include "store/scope.hpp"

namespace dakiya::store {

struct Connection {
    Id id = 0;
    Id tenant = 0;
    std::string provider;  // id of the plugin
    std::string name;
    std::string settings;       // JSON without the secrets
    std::string secrets;        // JSON: field -> sealed text (security/seal)
    std::string state;          // a word: "enabled", "disabled", …; the engines send through "enabled" only
    std::string state_text;     // why, for a person
    std::string webhook_token;  // for providers that know their webhook by its path
    std::int64_t version = 1;   // every change of what a plugin is opened with adds one
    std::int64_t created_at = 0, updated_at = 0;
    std::int64_t settings_version = 1;  // of the schema that the settings have passed
};

// The words of Connection::state.
namespace connection_state {
inline constexpr const char* enabled = "enabled";
inline constexpr const char* disabled = "disabled";                // by a person
inline constexpr const char* needs_attention = "needs_attention";  // the provider refuses it: see state_text
}  // namespace connection_state

namespace connections {

void create(Session& session, const Connection& connection);
std::optional<Connection> find(Session& session, Scope scope, Id id);
// Of any tenant: for webhooks, which name a connection only. The row says whose it is.
std::optional<Connection> find_any(Session& session, Id id);
// Newest first, ids below `before` (0: from the newest).
std::vector<Connection> list(Session& session, Scope scope, Id before, int limit);
// Of all tenants, for the engines: oldest first, ids above `after`.
std::vector<Connection> list_any(Session& session, Id after, int limit);

// Writes name, settings, secrets, state and state_text, and adds one to the version. False when the row is
// not as `connection` was read (its version has moved on, or it is gone).
bool update(Session& session, const Connection& connection, std::int64_t now_ms);
// What an engine found out. The version stays: an opened connection goes on.
void set_state(Session& session, Scope scope, Id id, std::string_view state, std::string_view text,
               std::int64_t now_ms);
// With its credential, templates and sync. Its messages and webhooks stay.
bool remove(Session& session, Scope scope, Id id);

}  // namespace connections

}  // namespace dakiya::store
