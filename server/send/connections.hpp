// Opens a tenant's connections: the row from the store, its secrets unsealed, what the operator's
// environment gives, the plugin's connection from the registry. The clear text lives in the plugin's
// connection only, and the redactor knows it by value.
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/result.hpp"
#include "net/redact.hpp"
#include "plugin/environment.hpp"
#include "plugin/registry.hpp"
#include "security/vault.hpp"
#include "store/connections.hpp"
#include "store/db.hpp"
#include "store/messages.hpp"
#include "store/scope.hpp"

namespace dakiya::send {

struct OpenConnection {
    Id id = 0;
    Id tenant = 0;
    std::int64_t version = 0;  // of its settings
    std::string provider;
    Json settings;        // without the secrets
    std::string webhook;  // the public address of its webhooks, empty when the server has no public URL
    std::shared_ptr<const plugin::Connection> plugin;
};

class Connections {
public:
    // All must outlive this. public_url: "https://dakiya.example", or empty.
    struct Parts {
        store::Database& db;
        plugin::Registry& registry;
        security::Vault& vault;
        net::Redactor& redactor;
        std::string public_url;
        plugin::Environment environment = {};  // of the operator
    };

    explicit Connections(Parts parts) : parts_(std::move(parts)) {}

    // Errors: not_found, conflict (disabled or in need of attention), unavailable (quarantined provider or
    // a secret that cannot be opened), and what the plugin says of its settings. Reads the store. [any
    // thread]
    Result<OpenConnection> open(store::Scope scope, Id id);

    // The same whatever the connection's state: to test it, and to receive its webhooks.
    Result<OpenConnection> open_any(store::Scope scope, Id id);

    // The same for a row that was read just now.
    Result<OpenConnection> open_row(const store::Connection& row);

    // The variables of a one-time password's message as its row holds them, and in the clear again. The Error
    // is for a person: no data key of the tenant, another master key.
    Result<std::string> seal_params(const store::Message& message);
    Result<void> open_params(store::Message& message);

    // Drops what is open, after a change or a removal.
    void forget(Id id);

private:
    Result<Json> settings_of(const store::Connection& row);
    Result<Json> with_environment(const store::Connection& row, Json settings,
                                  std::vector<net::Redactor::Handle>& handles) const;

    Parts parts_;
    std::mutex mutex_;
    std::unordered_map<Id, std::vector<net::Redactor::Handle>> secrets_;  // known to the redactor
};

// Where the provider is told to send its events: public_url/webhooks/<provider>/<connection>[/<token>].
std::string webhook_address(const std::string& public_url, const store::Connection& row,
                            const plugin::Manifest& manifest);

}  // namespace dakiya::send
