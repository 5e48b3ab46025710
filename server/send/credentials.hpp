// Renewable credentials (docs/design.md 6.8): what a plugin's `authorize` gets in exchange for a connection's
// secrets, mostly a token that ends. Sealed in the store, so all servers use the same one, and one at a time
// asks for the next.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/clock.hpp"
#include "base/id.hpp"
#include "domain/outcome.hpp"
#include "net/redact.hpp"
#include "security/vault.hpp"
#include "store/leases.hpp"
#include "store/writer.hpp"

namespace dakiya::send {

struct Ended;

// Why a connection has no credential. Without a text it needs none: its settings hold fixed keys.
struct NoCredential {
    domain::Class cls = domain::Class::other;
    std::string text;
};

// The one of a connection as it was opened. [any thread]
class Credential : public std::enable_shared_from_this<Credential> {
public:
    // All must outlive the credential and its flights.
    struct Parts {
        store::Writer& writer;
        security::Vault& vault;
        net::Redactor& redactor;
        const Clock& clock;
        std::string node;
    };
    // version: of the connection's settings. What was got with others is not used.
    struct Owner {
        Id tenant = 0, connection = 0;
        std::int64_t version = 0;
    };
    // How a flight is made; from the driver.
    struct Ways {
        std::function<void(std::function<void(Ended)>)> authorize;  // runs the operation
        std::function<void(std::function<void()>)> work;            // on a thread that may wait for the store
        std::function<void(Millis, std::function<void()>)> after;
    };
    using Done = std::function<void(const NoCredential* why)>;  // null: there is one

    Credential(const Parts& parts, const Owner& owner) : parts_(parts), owner_(owner) {}

    // What the plugin is given, JSON; empty when this server knows none that is still valid.
    std::string current() const;
    // It is valid, and 80 % of its life are over.
    bool due() const;

    // Sees to it that there is a valid one other than `refused`: out of the store, or by asking the provider.
    // One flight at a time, whoever else asks joins it. What went wrong is not tried again for ten seconds,
    // so that a campaign does not lock the account with a wrong password. `done` may be called at once.
    void renew(const std::string& refused, Ways ways, Done done);

private:
    struct Held {
        std::string json;  // empty: none
        std::int64_t issued_at = 0, expires_at = 0;
        std::vector<net::Redactor::Handle> secrets;  // known to the redactor
    };

    bool usable(const Held& held) const;
    bool renewable(const Held& held) const;
    Held hold(std::string json, std::int64_t issued_at, std::int64_t expires_at) const;

    void look(const Ways& ways, int tries);
    std::optional<Held> open(const std::string& sealed, std::int64_t expires_at) const;
    void landed(const store::Lease& lease, const Ended& ended);
    void save(const store::Lease& lease, const Held& held);
    void finish(std::optional<Held> held, const NoCredential& why);

    const Parts parts_;
    const Owner owner_;
    mutable std::mutex mutex_;
    Held held_;
    std::string refused_;  // what the flight must not come back with
    bool flying_ = false;
    std::vector<Done> waiting_;
    NoCredential failure_;
    Steady resting_until_{};  // failure_ is the answer until then
};

// Those of this server.
class Credentials {
public:
    explicit Credentials(Credential::Parts parts) : parts_(std::move(parts)) {}

    std::shared_ptr<Credential> of(const Credential::Owner& owner);

private:
    struct Known {
        std::int64_t version = 0;
        std::shared_ptr<Credential> credential;
    };

    const Credential::Parts parts_;
    std::mutex mutex_;
    std::unordered_map<Id, Known> known_;  // by connection; the newest version
};

}  // namespace dakiya::send
