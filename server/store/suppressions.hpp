// Addresses that must not be messaged, by channel.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "domain/suppression.hpp"
#include "store/db.hpp"
#include "store/scope.hpp"

namespace dakiya::store {

struct Suppressed {
    std::string channel, address;
    domain::Suppression reason = domain::Suppression::manual;
    std::string source;  // where it came from: "api", "import", a message's id, …
    std::int64_t created_at = 0;
};

namespace suppressions {

// True when the address was open until now. A reason that is there already stays, except that what a
// person decided (opted_out, complaint) replaces what we concluded (unreachable, manual).
bool add(Session& session, Scope scope, const Suppressed& suppressed);
// A message failed with this class and its outcome is written: closes the address when the table of error
// classes says so (domain/outcome), which may need three such failures in a row.
void blame(Session& session, Scope scope, std::string_view channel, std::string_view address,
           domain::Class cls, Id message, std::int64_t now_ms);
bool remove(Session& session, Scope scope, std::string_view channel, std::string_view address);
std::optional<Suppressed> find(Session& session, Scope scope, std::string_view channel,
                               std::string_view address);
// Grows with each address of the tenant that is closed: whoever has read it, and then which addresses are
// open, need not look again while it stays.
std::int64_t version(Session& session, Scope scope);
// Those of the addresses (at most 10,000) that are closed, and why.
std::map<std::string, domain::Suppression> which_of(Session& session, Scope scope, std::string_view channel,
                                                    std::span<const std::string> addresses);
// By channel, then address; those after (after_channel, after_address), two empty texts to begin.
std::vector<Suppressed> list(Session& session, Scope scope, std::string_view after_channel,
                             std::string_view after_address, int limit);

}  // namespace suppressions

}  // namespace dakiya::store
