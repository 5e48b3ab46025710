// dakiya/testing/library.hpp - a pretend host: loads a plugin, calls it, keeps everything that it said.
#ifndef DAKIYA_TESTING_LIBRARY_HPP
#define DAKIYA_TESTING_LIBRARY_HPP

#include <dlfcn.h>

#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "dakiya/abi.h"
#include "dakiya/host.hpp"
#include "dakiya/json.hpp"
#include "dakiya/testing/crypto.hpp"

namespace dakiya::testing {

using Headers = std::vector<std::pair<std::string, std::string>>;

// An HTTP request or another effect that a turn asked for.
struct Asked {
    struct Part {
        std::string name, filename, content_type, bytes;
        std::uint64_t blob = 0;
    };
    std::string kind;  // "http", "wait/1", …
    std::string method, url;
    Headers headers;
    std::string body;  // of http; the JSON of another effect
    std::uint64_t body_blob = 0;
    std::vector<Part> parts;
    std::string limit;
    std::uint32_t flags = 0, timeout_ms = 0, max_reply = 0;
    std::string step, memo;

    std::string header(std::string_view name) const {
        for (const auto& [key, value] : headers)
            if (key == name) return value;
        return {};
    }
};

struct Record {
    std::string kind, json;
};

// Everything that one call said.
struct Outcome {
    dk_status status = DK_OK;
    std::string explanation;
    std::vector<Record> records;
    std::vector<Asked> asked;  // more than one breaks a rule
    std::optional<std::pair<std::uint32_t, std::string>> respond;
    std::vector<std::string> logs;

    // Two calls with the same arguments must give the same fingerprint.
    std::string fingerprint() const {
        std::string all = std::to_string(status) + '\n' + explanation + '\n';
        for (const Record& record : records) all += record.kind + ' ' + record.json + '\n';
        for (const Asked& a : asked) {
            all += a.kind + ' ' + a.method + ' ' + a.url + '\n';
            for (const auto& [name, value] : a.headers) all += name + ": " + value + '\n';
            for (const Asked::Part& part : a.parts)
                all += part.name + ' ' + part.filename + ' ' + part.content_type + ' ' + part.bytes + ' ' +
                       std::to_string(part.blob) + '\n';
            all += a.body + ' ' + std::to_string(a.body_blob) + ' ' + a.limit + ' ' +
                   std::to_string(a.flags) + ' ' + a.step + ' ' + a.memo + '\n';
        }
        if (respond) all += std::to_string(respond->first) + ' ' + respond->second + '\n';
        for (const std::string& line : logs) all += line + '\n';
        return all;
    }
};

struct Reply {
    std::uint32_t status = 0;
    Headers headers;
    std::string body;
    std::uint64_t blob = 0;
    std::string error;
};

struct Inbound {
    std::string method = "POST", url;
    Headers headers;
    std::string body, peer;
    std::int64_t now_ms = 0;
};

struct Turn {
    std::string op, input, step, memo;
    std::optional<Reply> reply;
    std::string credential;
    std::int64_t now_ms = 0;
};

inline const char* name_of(dk_status status) {
    switch (status) {
        case DK_OK:
            return "OK";
        case DK_BAD_INPUT:
            return "BAD_INPUT";
        case DK_UNSUPPORTED:
            return "UNSUPPORTED";
        case DK_BAD_REPLY:
            return "BAD_REPLY";
        case DK_REJECTED:
            return "REJECTED";
        case DK_INTERNAL:
            return "INTERNAL";
        default:
            return "a status that does not exist";
    }
}

namespace detail {

inline Outcome& outcome(dk_sink* sink) { return *static_cast<Outcome*>(sink->host); }
inline std::string text(dk_bytes run) { return std::string(view(run)); }

inline void on_request(dk_sink* sink, const dk_request* r, dk_bytes step, dk_bytes memo) {
    Asked a;
    a.kind = "http";
    a.method = text(r->method);
    a.url = text(r->url);
    for (std::size_t i = 0; i < r->header_count; ++i)
        a.headers.emplace_back(text(r->headers[i].name), text(r->headers[i].value));
    for (std::size_t i = 0; i < r->part_count; ++i) {
        const dk_part& p = r->parts[i];
        a.parts.push_back({text(p.name), text(p.filename), text(p.content_type), text(p.bytes), p.blob});
    }
    a.body = text(r->body);
    a.body_blob = r->body_blob;
    a.limit = text(r->limit);
    a.flags = r->flags;
    a.timeout_ms = r->timeout_ms;
    a.max_reply = r->max_reply;
    a.step = text(step);
    a.memo = text(memo);
    outcome(sink).asked.push_back(std::move(a));
}

inline void on_effect(dk_sink* sink, dk_bytes kind, dk_bytes json, dk_bytes step, dk_bytes memo) {
    Asked a;
    a.kind = text(kind);
    a.body = text(json);
    a.step = text(step);
    a.memo = text(memo);
    outcome(sink).asked.push_back(std::move(a));
}

inline void on_record(dk_sink* sink, dk_bytes kind, dk_bytes json) {
    outcome(sink).records.push_back({text(kind), text(json)});
}
inline void on_respond(dk_sink* sink, const dk_reply* reply) {
    outcome(sink).respond.emplace(reply->status, text(reply->body));
}
inline void on_explain(dk_sink* sink, dk_bytes words) { outcome(sink).explanation = text(words); }
inline void on_log(dk_sink* sink, std::uint32_t, dk_bytes words) {
    outcome(sink).logs.push_back(text(words));
}

inline dk_sink make_sink(Outcome& outcome) {
    return {sizeof(dk_sink), 0, &outcome, on_request, on_effect, on_record, on_respond, on_explain, on_log};
}

inline std::vector<dk_field> fields(const Headers& headers) {
    std::vector<dk_field> fields;
    for (const auto& [name, value] : headers) fields.push_back({bytes(name), bytes(value), 0});
    return fields;
}

inline const void* extension(dk_bytes id) { return view(id) == DK_CRYPTO_ID ? &crypto() : nullptr; }

// What plugins are given.
inline const dk_host& host() {
    static const dk_host host{sizeof(dk_host), DK_ABI_MINOR, bytes("testing"), bytes("1.0"), extension};
    return host;
}

}  // namespace detail

// A plugin; lives until the process ends (docs/design.md 3.7: never unloaded).
class Plugin {
public:
    // Throws std::runtime_error that says why it does not load.
    explicit Plugin(const std::string& path) {
        void* library = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
        if (!library) throw std::runtime_error(dlerror());
        using Entry = const dk_plugin* (*)(const dk_host*);
        const auto entry = reinterpret_cast<Entry>(dlsym(library, "dakiya_plugin_v1"));
        if (!entry) throw std::runtime_error(path + " does not export dakiya_plugin_v1");
        table_ = entry(&detail::host());
        if (!table_) throw std::runtime_error(path + " declined to load");
        if (table_->struct_size < sizeof(dk_plugin))
            throw std::runtime_error(path + ": dk_plugin is smaller than that of version 1.0");
        manifest_ = Json::parse(view(table_->manifest));
    }
    // A plugin that is linked into the test; it has its host already.
    explicit Plugin(const dk_plugin& table) : table_(&table), manifest_(Json::parse(view(table.manifest))) {}

    const dk_plugin& table() const { return *table_; }
    const Json& manifest() const { return manifest_; }

private:
    const dk_plugin* table_ = nullptr;
    Json manifest_;
};

// One open connection. A connection that did not open has open() == false and its reason in opened().
class Connection {
public:
    Connection(const Plugin& plugin, std::string_view settings) : plugin_(plugin) {
        dk_sink sink = detail::make_sink(opened_);
        opened_.status = plugin.table().open(bytes(settings), &sink, &handle_);
    }
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;
    ~Connection() {
        if (handle_) plugin_.table().close(handle_);
    }

    bool open() const { return opened_.status == DK_OK && handle_; }
    const Outcome& opened() const { return opened_; }
    bool verifies() const { return plugin_.table().verify != nullptr; }
    bool parses() const { return plugin_.table().parse != nullptr; }

    Outcome advance(const Turn& turn) const {
        dk_turn raw{};
        raw.struct_size = sizeof raw;
        raw.op = bytes(turn.op);
        raw.input = bytes(turn.input);
        raw.step = bytes(turn.step);
        raw.memo = bytes(turn.memo);
        raw.credential = bytes(turn.credential);
        raw.entropy = bytes("0123456789abcdef0123456789abcdef");
        raw.now_ms = turn.now_ms;
        dk_reply reply{};
        std::vector<dk_field> headers;
        if (turn.reply) {
            headers = detail::fields(turn.reply->headers);
            reply.struct_size = sizeof reply;
            reply.status = turn.reply->status;
            reply.headers = headers.data();
            reply.header_count = headers.size();
            reply.body = bytes(turn.reply->body);
            reply.blob = turn.reply->blob;
            reply.error = bytes(turn.reply->error);
            raw.reply = &reply;
        }
        // The one operation without a connection.
        const dk_connection* handle = turn.op == "settings.migrate" ? nullptr : handle_;
        return call([&](dk_sink* sink) { return plugin_.table().advance(handle, &raw, sink); });
    }
    Outcome verify(const Inbound& in) const {
        return with(in, [&](const dk_inbound* raw, dk_sink* sink) {
            return plugin_.table().verify(handle_, raw, sink);
        });
    }
    Outcome parse(const Inbound& in) const {
        return with(in, [&](const dk_inbound* raw, dk_sink* sink) {
            return plugin_.table().parse(handle_, raw, sink);
        });
    }

private:
    template <class Call>
    static Outcome call(Call&& function) {
        Outcome outcome;
        dk_sink sink = detail::make_sink(outcome);
        outcome.status = function(&sink);
        return outcome;
    }
    template <class Call>
    static Outcome with(const Inbound& in, Call&& function) {
        const std::vector<dk_field> headers = detail::fields(in.headers);
        dk_inbound raw{};
        raw.struct_size = sizeof raw;
        raw.method = bytes(in.method);
        raw.url = bytes(in.url);
        raw.headers = headers.data();
        raw.header_count = headers.size();
        raw.body = bytes(in.body);
        raw.peer = bytes(in.peer);
        raw.now_ms = in.now_ms;
        return call([&](dk_sink* sink) { return function(&raw, sink); });
    }

    const Plugin& plugin_;
    Outcome opened_;
    dk_connection* handle_ = nullptr;
};

}  // namespace dakiya::testing

#endif
