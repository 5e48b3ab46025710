// A connection's settings between the API, the provider's schema and the store. Secrets are write-only:
// leaving one out keeps it, null clears it, and it is shown as {"set":true}.
#pragma once

#include <string>
#include <variant>
#include <vector>

#include "base/id.hpp"
#include "dakiya/json.hpp"
#include "plugin/environment.hpp"
#include "plugin/provider.hpp"
#include "security/vault.hpp"
#include "store/connections.hpp"

namespace dakiya::api {

// `change` laid over `old` field by field; null takes a field away (RFC 7396 on the outermost level).
Json merged_settings(Json old, const Json& change);

// Fills in defaults and secrets that the manifest wants generated, checks the whole, with what the operator's
// environment gives, against its schema, and lets the provider try to open it. The Json is what is to be
// stored: without the environment's part. The findings are for the caller.
std::variant<Json, std::vector<Error>> checked_settings(const plugin::Environment& environment,
                                                        const plugin::Provider& provider, Json settings);

// The clear settings of a stored connection. Error: a secret that cannot be opened.
Result<Json> open_settings(security::Vault& vault, const store::Connection& row);

// Puts clear settings into row.settings and row.secrets. Error: a column would overflow, the vault fails.
Result<void> seal_settings(security::Vault& vault, const plugin::Manifest& manifest, const Json& settings,
                           store::Connection& row);

// What the API shows.
Json masked_settings(const plugin::Manifest& manifest, const store::Connection& row);

// The names of the settings that this connection leaves to the operator's environment.
Json operator_settings(const plugin::Environment& environment, const plugin::Manifest& manifest,
                       const store::Connection& row);

}  // namespace dakiya::api
