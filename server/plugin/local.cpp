#include "plugin/local.hpp"

#include <openssl/crypto.h>
#include <openssl/rand.h>

#include <array>
#include <stdexcept>
#include <utility>

#include "base/log.hpp"
#include "plugin/library.hpp"
#include "plugin/schema.hpp"
#include "plugin/sink.hpp"
#include "plugin/text.hpp"

namespace dakiya::plugin {
namespace {

constexpr Millis slow_turn{50};  // docs/design.md 3.3 rule 6

dk_bytes lend(std::string_view text) { return {text.data(), text.size()}; }

std::vector<dk_field> lend(const std::vector<Header>& headers) {
    std::vector<dk_field> fields;
    fields.reserve(headers.size());
    for (const Header& header : headers)
        fields.push_back(
            {lend(header.name), lend(header.value), header.secret ? std::uint64_t{DK_FIELD_SECRET} : 0});
    return fields;
}

using Entropy = std::array<char, 32>;

// Each turn gets bytes of its own. They are drawn for many turns at once: a draw costs as much as a small
// turn, whatever its size.
Entropy entropy() {
    struct Supply {
        std::array<Entropy, 128> drawn;
        std::size_t left = 0;
    };
    thread_local Supply supply;
    if (supply.left == 0) {
        if (RAND_bytes(reinterpret_cast<unsigned char*>(supply.drawn.data()), sizeof supply.drawn) != 1)
            throw std::runtime_error("OpenSSL has no random bytes");
        supply.left = supply.drawn.size();
    }
    return std::exchange(supply.drawn[--supply.left], Entropy{});
}

class LocalProvider final : public Provider, public std::enable_shared_from_this<LocalProvider> {
public:
    LocalProvider(std::string path, Library library, LocalOptions options)
        : path_(std::move(path)), library_(std::move(library)), options_(std::move(options)) {
        if (!options_.clock) options_.clock = &system_clock_;
    }

    const Manifest& manifest() const override { return library_.manifest; }
    const std::string& path() const override { return path_; }
    Result<std::shared_ptr<const Connection>> open(const Json& settings) const override;
    Result<Json> migrate(const Json& settings, std::int64_t version) const override;

    const dk_plugin& table() const { return *library_.plugin; }
    bool allow_http() const { return options_.allow_http; }

    // Runs one call behind a wall: nothing that the plugin throws gets past it.
    template <class Work>
    Output call(std::string_view name, Sink& sink, const Work& work) const {
        const Steady start = options_.clock->steady();
        dk_status status = DK_INTERNAL;
        try {
            status = work(sink.table());
        } catch (const std::exception& e) {
            sink.broke("exceptions", std::string(name) + " threw: " + printable(e.what()));
        } catch (...) {
            sink.broke("exceptions", std::string(name) + " threw something");
        }
        Output output = sink.finish(status);
        if (const auto took = options_.clock->steady() - start; took > slow_turn)
            spdlog::warn("plugin {}: {} took {} ms; a turn should stay under 1 ms", manifest().id, name,
                         std::chrono::duration_cast<Millis>(took).count());
        if (output.broke_rule) {
            spdlog::error("plugin {}: {}: {}", manifest().id, name, output.explanation);
            if (options_.on_broken_rule) options_.on_broken_rule(manifest(), output.explanation);
        }
        return output;
    }

private:
    const std::string path_;
    const Library library_;
    const SystemClock system_clock_;
    LocalOptions options_;
};

class LocalConnection final : public Connection {
public:
    LocalConnection(std::shared_ptr<const LocalProvider> provider, dk_connection* handle, Json host_settings)
        : provider_(std::move(provider)),
          handle_(handle),
          host_settings_(std::move(host_settings)),
          egress_{provider_->manifest(), host_settings_, provider_->allow_http()} {}

    ~LocalConnection() override {
        try {
            provider_->table().close(handle_);
        } catch (...) {
            spdlog::error("plugin {}: close threw, which must not cross the ABI", manifest().id);
        }
    }
    LocalConnection(const LocalConnection&) = delete;
    LocalConnection& operator=(const LocalConnection&) = delete;

    const Manifest& manifest() const override { return provider_->manifest(); }

    Output advance(const Turn& turn) const override {
        const Entropy random = entropy();
        std::vector<dk_field> fields;
        dk_reply reply{};
        if (turn.reply) {
            fields = lend(turn.reply->headers);
            reply = {sizeof reply,           turn.reply->status, fields.data(),          fields.size(),
                     lend(turn.reply->body), turn.reply->blob,   lend(turn.reply->error)};
        }
        const dk_turn in{sizeof in,
                         0,
                         lend(turn.op),
                         lend(turn.input),
                         lend(turn.step),
                         lend(turn.memo),
                         turn.reply ? &reply : nullptr,
                         lend(turn.credential),
                         {random.data(), random.size()},
                         turn.now_ms};
        Sink sink(Call::advance, egress_, turn.recipients);
        return provider_->call("advance", sink,
                               [&](dk_sink* out) { return provider_->table().advance(handle_, &in, out); });
    }

    // Without a verify the host's own check of the path token was all (abi.h): a plain 200.
    Output verify(const Inbound& inbound) const override {
        if (!provider_->table().verify) return {};
        return with_inbound(Call::verify, "verify", provider_->table().verify, inbound);
    }

    Output parse(const Inbound& inbound) const override {
        if (!provider_->table().parse) {
            Output none;
            none.status = DK_UNSUPPORTED;
            none.explanation = "the plugin has no webhooks";
            return none;
        }
        return with_inbound(Call::parse, "parse", provider_->table().parse, inbound);
    }

private:
    using Function = dk_status (*)(const dk_connection*, const dk_inbound*, dk_sink*);

    Output with_inbound(Call kind, std::string_view name, Function function, const Inbound& inbound) const {
        const std::vector<dk_field> fields = lend(inbound.headers);
        const dk_inbound in{sizeof in,
                            0,
                            lend(inbound.method),
                            lend(inbound.url),
                            fields.data(),
                            fields.size(),
                            lend(inbound.body),
                            lend(inbound.peer),
                            inbound.now_ms};
        Sink sink(kind, egress_);
        return provider_->call(name, sink, [&](dk_sink* out) { return function(handle_, &in, out); });
    }

    const std::shared_ptr<const LocalProvider> provider_;
    dk_connection* const handle_;
    const Json host_settings_;
    const Egress egress_;
};

Result<std::shared_ptr<const Connection>> LocalProvider::open(const Json& settings) const {
    const Json complete = with_defaults(manifest().settings, settings);
    Json hosts = host_settings(manifest(), complete);
    std::string text = complete.dump();
    const Egress egress{manifest(), hosts, allow_http()};
    Sink sink(Call::open, egress);
    std::shared_ptr<const Connection> connection;
    const Output output = call("open", sink, [&](dk_sink* out) {
        dk_connection* handle = nullptr;
        const dk_status status = table().open(lend(text), out, &handle);
        if (status == DK_OK && handle)
            connection = std::make_shared<LocalConnection>(shared_from_this(), handle, std::move(hosts));
        else if (status == DK_OK)
            sink.broke("pointers", "open returned DK_OK and no connection");
        return status;
    });
    OPENSSL_cleanse(text.data(), text.size());  // secrets in the clear
    if (output.status == DK_OK) return connection;
    return Error{output.status == DK_BAD_INPUT ? Code::invalid : Code::unavailable,
                 manifest().name + " does not accept these settings: " +
                     (output.explanation.empty() ? "it gave no reason" : output.explanation),
                 {}};
}

// The one operation without a connection: there is none that could be opened with these settings.
Result<Json> LocalProvider::migrate(const Json& settings, std::int64_t version) const {
    if (!manifest().has_op("settings.migrate")) return Provider::migrate(settings, version);
    std::string input = Json{{"settings", settings}, {"version", version}}.dump();
    dk_turn turn{};
    turn.struct_size = sizeof turn;
    turn.op = lend("settings.migrate");
    turn.input = lend(input);
    turn.now_ms = options_.clock->now_ms();
    const Json no_hosts = Json::object();
    const Egress egress{manifest(), no_hosts, false};
    Sink sink(Call::advance, egress);
    Output output =
        call("settings.migrate", sink, [&](dk_sink* out) { return table().advance(nullptr, &turn, out); });
    OPENSSL_cleanse(input.data(), input.size());  // secrets in the clear
    if (output.status != DK_OK)
        return Error{
            Code::invalid, output.explanation.empty() ? "it gave no reason" : output.explanation, {}};
    if (output.effect || output.records.size() != 1 || output.records.front().kind != "settings")
        return Error{
            Code::invalid, "its settings.migrate must give one record \"settings\" and ask for nothing", {}};
    return std::move(output.records.front().json);
}

}  // namespace

Result<std::shared_ptr<const Provider>> open_local(const std::string& path, LocalOptions options) {
    Result<Library> library = load_library(path);
    if (!library) return library.error();
    return std::shared_ptr<const Provider>(
        std::make_shared<LocalProvider>(path, std::move(*library), std::move(options)));
}

}  // namespace dakiya::plugin
