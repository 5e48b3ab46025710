// dakiya/provider.hpp - write a provider: derive from Connection, end the file with DAKIYA_PLUGIN(YourClass).
//
// A Connection is one tenant's configured use of the provider. Its functions are called from any thread,
// several at once, and answer from their arguments alone: no sockets, clocks, files, threads or globals.
// Throw Fault (or let a JsonError fly) when something makes no sense; what the provider said about a
// message is a record instead. Nothing thrown leaves the plugin: see guard().
#ifndef DAKIYA_PROVIDER_HPP
#define DAKIYA_PROVIDER_HPP

#include <cstdint>
#include <exception>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "dakiya/abi.h"
#include "dakiya/event.hpp"
#include "dakiya/form.hpp"
#include "dakiya/host.hpp"
#include "dakiya/http.hpp"
#include "dakiya/json.hpp"
#include "dakiya/send.hpp"

namespace dakiya {

// The connection's settings, which have passed the manifest's schema.
class Settings {
public:
    explicit Settings(Json values) : values_(std::move(values)) {}

    // Throws Fault that names the setting when it is missing and no fallback is given.
    std::string text(std::string_view key) const { return required(key).text(); }
    std::string text(std::string_view key, std::string_view fallback) const {
        return values_.value(key, fallback);
    }
    std::optional<std::string> optional(std::string_view key) const {
        const Json& value = values_[key];
        if (value.is_null() || value.text().empty()) return std::nullopt;
        return value.text();
    }
    bool flag(std::string_view key, bool fallback = false) const { return values_.value(key, fallback); }
    std::int64_t integer(std::string_view key) const { return required(key).integer(); }
    std::int64_t integer(std::string_view key, std::int64_t fallback) const {
        return values_.value(key, fallback);
    }
    double number(std::string_view key, double fallback) const {
        const Json& value = values_[key];
        return value.is_null() ? fallback : value.number();
    }
    std::vector<std::string> list(std::string_view key) const {
        std::vector<std::string> items;
        for (const Json& item : values_[key]) items.push_back(item.text());
        return items;
    }
    const Json& json() const { return values_; }

private:
    const Json& required(std::string_view key) const {
        const Json& value = values_[key];
        if (value.is_null()) throw Fault(DK_BAD_INPUT, "setting \"" + std::string(key) + "\" is missing");
        return value;
    }

    Json values_;
};

// One turn of an operation. Everything in it is borrowed until the call returns.
class Turn {
public:
    explicit Turn(const dk_turn& turn) : turn_(turn) {
        if (turn.reply) reply_.emplace(*turn.reply);
    }

    std::string_view op() const { return view(turn_.op); }
    std::string_view step() const { return view(turn_.step); }  // empty on the first turn
    std::string_view memo() const { return view(turn_.memo); }
    const Reply* reply() const { return reply_ ? &*reply_ : nullptr; }  // null on the first turn
    std::int64_t now() const { return turn_.now_ms; }                   // milliseconds of Unix time
    std::string_view entropy() const { return view(turn_.entropy); }    // 32 random bytes

    // The operation's input; null when there is none.
    const Json& input() const { return parsed(input_, turn_.input); }
    // The same, not kept: for who takes it apart.
    Json fresh_input() const { return parse(turn_.input); }
    // What the last "credential" record held; null before the first.
    const Json& credential() const { return parsed(credential_, turn_.credential); }

private:
    static const Json& parsed(std::optional<Json>& cache, dk_bytes text) {
        if (!cache) cache = parse(text);
        return *cache;
    }
    static Json parse(dk_bytes text) { return text.size ? Json::parse(view(text)) : Json(); }

    const dk_turn& turn_;
    std::optional<Reply> reply_;
    mutable std::optional<Json> input_, credential_;
};

// What a turn answers: records, and at most one effect that the next turn gets the reply of.
class Next {
public:
    Next(Http http) : effect_(std::move(http)) {}  // NOLINT(google-explicit-constructor)
    static Next done() { return Next(); }
    // Come back after that many milliseconds.
    static Next wait(std::int64_t ms, std::string step, std::string memo = {}) {
        return effect("wait/1", Json{{"ms", ms}}, std::move(step), std::move(memo));
    }
    // Another effect that the manifest's "requires" names.
    static Next effect(std::string kind, Json input, std::string step, std::string memo = {}) {
        Next next;
        next.effect_ = Effect{std::move(kind), std::move(input), std::move(step), std::move(memo)};
        return next;
    }
    // Ask for this request after all; replaces an effect asked for before.
    Next& then(Http http) {
        effect_ = std::move(http);
        return *this;
    }

    // ---- results of a send, by the recipient's index in Send::to; one each
    Next& sent(std::size_t to, std::string id, const Price& price = {}) {
        Json result{{"to", to}, {"status", "sent"}, {"id", std::move(id)}};
        price.write(result);
        return record("result", result);
    }
    Next& failed(std::size_t to, const Error& error) {
        return record("result", {{"to", to}, {"status", "failed"}, {"error", error.json()}});
    }
    // Nobody can say whether it went out; the host settles it later.
    Next& uncertain(std::size_t to, const Error& error = {"provider", "", ""}) {
        return record("result", {{"to", to}, {"status", "uncertain"}, {"error", error.json()}});
    }
    Next& failed_all(const Send& in, const Error& error) {
        for (std::size_t i = 0; i < in.to.size(); ++i) failed(i, error);
        return *this;
    }

    // ---- other records
    // fields: {"per_second", n}, {"remaining", n} or {"retry_after_ms", n} for the limit of that key.
    Next& limit(std::string key, Json fields) {
        fields.set("key", std::move(key));
        return record("limit", fields);
    }
    Next& event(const Event& event) { return record("event", event.json()); }
    Next& record(std::string kind, const Json& fields) {
        records_.emplace_back(std::move(kind), fields.dump());
        return *this;
    }

    // For the server's log: no secrets, no message texts.
    Next& log(std::string text, Level level = Level::info) {
        logs_.emplace_back(level, std::move(text));
        return *this;
    }

    void write(dk_sink& sink) const {
        for (const auto& [level, text] : logs_)
            sink.log(&sink, static_cast<std::uint32_t>(level), bytes(text));
        for (const auto& [kind, fields] : records_) sink.record(&sink, bytes(kind), bytes(fields));
        if (const Http* http = std::get_if<Http>(&effect_)) http->write(sink);
        if (const Effect* e = std::get_if<Effect>(&effect_))
            sink.effect(&sink, bytes(e->kind), bytes(e->input.dump()), bytes(e->step), bytes(e->memo));
    }

private:
    struct Effect {
        std::string kind;
        Json input;
        std::string step, memo;
    };

    Next() = default;

    std::variant<std::monostate, Http, Effect> effect_;
    std::vector<std::pair<std::string, std::string>> records_;
    std::vector<std::pair<Level, std::string>> logs_;
};

// Derive from this. The derived class is constructed from `const Settings&`.
//
// With "settings.migrate" among the manifest's operations it also has
//     static Json migrate(Json settings, std::int64_t version);
// which turns settings that were stored when the schema's "version" was that one (secrets included) into
// those that the present schema takes, or throws a Fault that says what a person has to do.
class Connection {
public:
    Connection() = default;
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;
    virtual ~Connection() = default;

    virtual Next send(const Send&, const Turn& turn) const { return refuse(turn); }
    // The turns of `send` that have a reply. A provider that can read its answer without the message saves
    // half of the reading when it overrides this one too.
    virtual Next answered(const Turn& turn) const { return send(read_send(turn.fresh_input()), turn); }
    // Every operation but `send`; call Connection::other for the ones that you do not have.
    virtual Next other(const Turn& turn) const { return refuse(turn); }

    // Is it from the provider? Returns the body of the 200 that it gets, or throws Fault(DK_REJECTED, why).
    // Leave it out when the provider signs nothing: the host then checks a secret in the path.
    virtual std::string verify(const Inbound&) const { throw Fault(DK_UNSUPPORTED, "no webhooks"); }
    // The MIME type of what verify returns; empty: the host's choice. For providers whose people come
    // themselves.
    virtual std::string_view answer_type() const { return {}; }
    // One event for each thing that happened; what is of no interest gives none.
    virtual std::vector<Event> parse(const Inbound&) const { throw Fault(DK_UNSUPPORTED, "no webhooks"); }

private:
    [[noreturn]] static Next refuse(const Turn& turn) {
        throw Fault(DK_UNSUPPORTED, "operation \"" + std::string(turn.op()) + "\" is not supported");
    }
};

namespace detail {

inline void explain(dk_sink* sink, std::string_view text) noexcept {
    if (sink && sink->explain) sink->explain(sink, bytes(text));
}

// The only wall: runs `body`, turns whatever it throws into a status and a sentence. `bad_json` is the
// status of a JsonError: DK_BAD_REPLY once the provider has answered, DK_BAD_INPUT before.
template <class Body>
dk_status guard(dk_sink* sink, dk_status bad_json, Body&& body) noexcept {
    try {
        body();
        return DK_OK;
    } catch (const Fault& fault) {
        explain(sink, fault.what());
        return fault.status();
    } catch (const JsonError& error) {
        explain(sink, error.what());
        return bad_json;
    } catch (const std::exception& error) {
        explain(sink, error.what());
        return DK_INTERNAL;
    } catch (...) {
        explain(sink, "something was thrown that is not a std::exception");
        return DK_INTERNAL;
    }
}

inline const Connection& connection(const dk_connection* handle) {
    return *reinterpret_cast<const Connection*>(handle);
}

template <class T>
dk_status open(dk_bytes settings, dk_sink* sink, dk_connection** out) {
    return guard(sink, DK_BAD_INPUT, [&] {
        const Settings values(settings.size ? Json::parse(view(settings)) : Json::object());
        std::unique_ptr<Connection> made = std::make_unique<T>(values);
        *out = reinterpret_cast<dk_connection*>(made.release());
    });
}

inline void close(dk_connection* handle) {
    const std::unique_ptr<Connection> owned(reinterpret_cast<Connection*>(handle));
}

template <class T, class = void>
constexpr bool migrates = false;
template <class T>
constexpr bool migrates<T, std::void_t<decltype(T::migrate(Json(), std::int64_t()))>> = true;

// Needs no connection: none can be opened with settings that are to be migrated.
template <class T>
void migrate(const Turn& turn, dk_sink& sink) {
    if constexpr (migrates<T>) {
        const Json& in = turn.input();
        const Json settings = T::migrate(in.at("settings"), in.at("version").integer());
        Next::done().record("settings", settings).write(sink);
    } else {
        throw Fault(DK_UNSUPPORTED, "operation \"settings.migrate\" is not supported");
    }
}

template <class T>
dk_status advance(const dk_connection* handle, const dk_turn* raw, dk_sink* sink) {
    return guard(sink, raw->reply ? DK_BAD_REPLY : DK_BAD_INPUT, [&] {
        const Turn turn(*raw);
        if (turn.op() == "settings.migrate") return migrate<T>(turn, *sink);
        const Connection& self = connection(handle);
        const Next next = turn.op() != "send" ? self.other(turn)
                          : turn.reply()      ? self.answered(turn)
                                              : self.send(read_send(turn.fresh_input()), turn);
        next.write(*sink);
    });
}

inline dk_status verify(const dk_connection* handle, const dk_inbound* raw, dk_sink* sink) {
    return guard(sink, DK_REJECTED, [&] {
        const Connection& self = connection(handle);
        const std::string body = self.verify(Inbound(*raw));
        const std::string_view name = "content-type", type = self.answer_type();
        const dk_field header{bytes(name), bytes(type), 0};
        dk_reply reply{};
        reply.struct_size = sizeof reply;
        reply.status = 200;
        reply.body = bytes(body);
        reply.headers = type.empty() ? nullptr : &header;
        reply.header_count = type.empty() ? 0 : 1;
        sink->respond(sink, &reply);
    });
}

inline dk_status parse(const dk_connection* handle, const dk_inbound* raw, dk_sink* sink) {
    return guard(sink, DK_BAD_INPUT, [&] {
        for (const Event& event : connection(handle).parse(Inbound(*raw)))
            sink->record(sink, bytes("event"), bytes(event.json().dump()));
    });
}

// A function that T does not override is absent from the table: &T::verify is then Connection's own.
template <class T>
constexpr bool verifies = !std::is_same_v<decltype(&T::verify), decltype(&Connection::verify)>;
template <class T>
constexpr bool parses = !std::is_same_v<decltype(&T::parse), decltype(&Connection::parse)>;

template <class T>
dk_plugin make_plugin(std::string_view manifest) {
    dk_plugin plugin{};
    plugin.struct_size = sizeof plugin;
    plugin.abi_minor = DK_ABI_MINOR;
    plugin.manifest = bytes(manifest);
    plugin.open = open<T>;
    plugin.close = close;
    plugin.advance = advance<T>;
    if (verifies<T>) plugin.verify = verify;
    if (parses<T>) plugin.parse = parse;
    return plugin;
}

}  // namespace detail
}  // namespace dakiya

// Defines the plugin's only exported symbol. `dakiya_manifest` comes from manifest.inc.
#define DAKIYA_PLUGIN(Class)                                                                   \
    extern "C" DK_EXPORT const dk_plugin* dakiya_plugin_v1(const dk_host* host) {              \
        ::dakiya::detail::host = host;                                                         \
        static const dk_plugin plugin = ::dakiya::detail::make_plugin<Class>(dakiya_manifest); \
        return &plugin;                                                                        \
    }

#endif
