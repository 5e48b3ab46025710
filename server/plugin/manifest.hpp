// What a plugin says of itself, parsed and checked once at load. JSON form: sdk/schema/manifest.schema.json
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "dakiya/json.hpp"

namespace dakiya::plugin {

// How sure we can be of a message whose answer was lost (docs/design.md 3.6).
enum class Certainty { idempotent, correlating, queryable, blind };

struct Batch {
    int max = 1;
    bool personal = false;              // every recipient has its own params
    std::string results = "each";       // "each", "one" or "none"
    std::vector<std::string> channels;  // empty: all
    std::vector<std::string> kinds;     // empty: all
    Json when;                          // a setting and the value that it must have, or null
};

struct Limit {
    std::string key;    // "default", "send", …
    std::string scope;  // "", "sender", "account", "recipient"
    double per_second = 0;
};

struct Manifest {
    std::string id, name, version, abi, vendor, docs;
    std::vector<std::string> channels, hosts, requires_, kinds;
    std::map<std::string, Json> ops;  // "send" → its object
    std::optional<Batch> batch;       // of send
    bool echoes_ref = false;          // events carry our reference
    bool idempotent = false;          // ops.send.idempotent: a second send with the same key is dropped
    int settle_after_s = 0;           // 0: cannot look a message up
    std::vector<Limit> limits;
    bool has_webhook = false;
    std::string webhook_auth;  // "signature", "path", "token", …
    std::string webhook_help;
    std::vector<std::string> webhook_events;
    bool http = false;  // may call http:// addresses if the operator allows that too
    Json settings;      // the schema of the connection's settings
    Json message;       // the schema of `extra`, or null
    Json raw;           // the whole document

    bool has_op(std::string_view op) const;
    Certainty certainty() const;
    // Of this channel, for a connection of these settings; null when each recipient needs a call.
    const Batch* batch_for(std::string_view channel, std::string_view kind, const Json& open_settings) const;
    bool allows_host(std::string_view host,
                     const Json& open_settings) const;  // "${base_url}" comes from settings
};

std::string_view to_string(Certainty certainty);

// The Error says which part of the manifest is wrong and what it should be; its field is the dotted path.
// Keys that this server does not know are ignored, except in the two schemas (docs/design.md 3.4, 3.6).
Result<Manifest> parse_manifest(std::string_view json);

// Whether this server is new enough for it: the least ABI that it asks for, and what it requires.
Result<void> check_supported(const Manifest& manifest);

// The members of `settings` that allows_host() looks at, so that nobody keeps the secrets beside them.
Json host_settings(const Manifest& manifest, const Json& settings);

}  // namespace dakiya::plugin
