// What the rest of the server sees of a provider. No ABI types here: everything is a value that was
// copied across the boundary, so callers never care whether a plugin runs in this process or another.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "dakiya/json.hpp"
#include "plugin/manifest.hpp"

namespace dakiya::plugin {

struct Header {
    std::string name;  // lower case
    std::string value;
    bool secret = false;
};

struct Part {  // of a multipart/form-data body
    std::string name, filename, content_type, bytes;
    std::uint64_t blob = 0;
};

// An HTTP request as the plugin described it.
struct HttpRequest {
    std::string method, url;
    std::vector<Header> headers;
    std::string body;
    std::uint64_t body_blob = 0;
    std::vector<Part> parts;
    std::string limit;             // rate limit key, "name" or "name:scope"; empty: "default"
    std::uint32_t timeout_ms = 0;  // 0: the host's default
    std::uint32_t max_reply = 0;   // bytes; 0: the host's default
    bool repeatable = false;       // may be sent again though an earlier copy may have arrived
    bool secret_body = false;
    bool reply_to_blob = false;
};

// What came back for an effect. status 0: no reply, `error` is one of
// "connect", "tls", "timeout", "too_large", "refused".
struct Reply {
    std::uint32_t status = 0;
    std::vector<Header> headers;
    std::string body;
    std::uint64_t blob = 0;
    std::string error;
};

// What the plugin wants next. At most one a turn; none ends the operation.
struct Effect {
    std::string kind;  // "http", "wait/1", "mail/1"
    HttpRequest http;  // when kind is "http"
    std::string json;  // otherwise
    std::string step, memo;
};

struct Record {
    std::string kind;  // "result", "event", "template", "account", …
    Json json;         // valid against sdk/schema/record/<kind>.schema.json in its key fields
};

struct Turn {
    std::string_view op;
    std::string_view input;      // JSON
    std::size_t recipients = 0;  // of a send: the items of the input's "to"; each may have one result
    std::string_view step, memo;
    const Reply* reply = nullptr;
    std::string_view credential;
    std::int64_t now_ms = 0;
};

struct Output {
    std::int32_t status = 0;  // dk_status; 0 is DK_OK
    std::string explanation;  // why the status is not 0, or which rule was broken
    bool broke_rule = false;  // docs/design.md 3.3: status is then DK_INTERNAL
    std::vector<Record> records;
    std::optional<Effect> effect;
    Reply respond;  // verify: what the caller gets; status 0 means "200, empty"
};

struct Inbound {  // a webhook request
    std::string method, url;
    std::vector<Header> headers;
    std::string body;
    std::string peer;
    std::int64_t now_ms = 0;
};

// One tenant's configured use of a provider. Immutable; closed when the last pointer goes. [any thread]
class Connection {
public:
    virtual ~Connection() = default;
    virtual const Manifest& manifest() const = 0;
    virtual Output advance(const Turn& turn) const = 0;
    virtual Output verify(const Inbound& inbound) const = 0;  // status DK_REJECTED: not from the provider
    virtual Output parse(const Inbound& inbound) const = 0;
};

// A loaded plugin; lives as long as the process. [any thread]
class Provider {
public:
    virtual ~Provider() = default;
    virtual const Manifest& manifest() const = 0;
    virtual const std::string& path() const = 0;
    // settings: a JSON object that has passed the manifest's schema, secrets in the clear. Missing fields get
    // the schema's defaults: a newer plugin may have added some since they were stored.
    virtual Result<std::shared_ptr<const Connection>> open(const Json& settings) const = 0;
    // Settings that passed the schema of an earlier version, as this one wants them; secrets in the clear.
    // The answer has not been checked with the schema. Code::unsupported: the plugin has no
    // "settings.migrate".
    virtual Result<Json> migrate(const Json& /*settings*/, std::int64_t /*version*/) const {
        return Error{Code::unsupported, "it cannot take over settings of an earlier version", {}};
    }
};

}  // namespace dakiya::plugin
