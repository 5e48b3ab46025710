#include "provider.hpp"

#include <array>

#include <fmt/format.h>

namespace dakiya::simulate {

namespace {

using namespace std::string_view_literals;

constexpr std::array refusals{"recipient"sv, "opted_out"sv, "window"sv, "content"sv};
constexpr std::array troubles{"provider"sv, "policy"sv, "other"sv, "plugin"sv};

Json refusal(std::size_t position, std::string_view cls, std::int64_t retry_after_ms = 0) {
    const Json error{{"class", cls}, {"code", cls}, {"text", "no"}, {"retry_after_ms", retry_after_ms}};
    return Json::array(
        {"result",
         Json{{"to", static_cast<std::int64_t>(position)}, {"status", "failed"}, {"error", error}}});
}

std::string id_of(const std::string& ref) { return "id-" + ref; }

}  // namespace

std::string Provider::serve(const std::string& operation, const std::string& body) {
    const Json input = Json::parse(body);
    return (operation == "send" ? send(input) : settle(input)).dump();
}

Json Provider::send(const Json& input) {
    Json::Array answer;
    for (Json to : input.at("to")) {
        if (!to.contains("text")) to.set("text", input.value("text", ""));  // everybody's
        answer.push_back(one(to, answer.size(), input.at("key").text()));
    }
    return Json::array(std::move(answer));
}

Json Provider::one(const Json& to, std::size_t position, const std::string& key) {
    if (!behaves_) {
        if (chance_.one_in(plan_.provider.refused))
            return refusal(position, chance_.any_of(std::span<const std::string_view>(refusals)));
        if (chance_.one_in(plan_.provider.throttled))
            return refusal(position, "throttled", chance_.one_in(2) ? 0 : chance_.between(100, 3'000));
        if (chance_.one_in(plan_.provider.trouble))
            return refusal(position, chance_.any_of(std::span<const std::string_view>(troubles)));
        if (chance_.one_in(plan_.provider.misconfigured)) return refusal(position, "auth");
    }
    return accept(to, key, position);
}

Json Provider::accept(const Json& to, const std::string& key, std::size_t position) {
    const std::string& ref = to.at("ref").text();
    Entry& entry = ledger_[ref];
    entry.address = to.at("address").text();
    entry.text = to.value("text", "");
    const bool repeated = plan_.promise == Promise::idempotent && !entry.keys.insert(key).second;
    if (!repeated) {
        ++entry.copies;
        trace_.add(timeline_.now(), fmt::format("provider takes {} (key {})", ref, key));
        if (entry.copies == 1) {
            entry.failed = chance_.one_in(plan_.provider.fails_later);
            entry.delivered = !entry.failed;
            const std::int64_t delay = chance_.one_in(4) ? 0 : chance_.between(0, 8'000);
            report(ref, entry, entry.failed ? "failed" : "delivered", delay);
            if (entry.delivered && chance_.one_in(3)) report(ref, entry, "read", chance_.between(0, 10'000));
        }
    }
    return Json::array(
        {"result",
         Json{{"to", static_cast<std::int64_t>(position)}, {"status", "sent"}, {"id", id_of(ref)}}});
}

void Provider::report(const std::string& ref, const Entry& entry, const std::string& status,
                      std::int64_t delay_ms) {
    timeline_.after(delay_ms, [this, event = event(ref, entry, status)] { tell_(event); });
}

Json Provider::event(const std::string& ref, const Entry& entry, const std::string& status) const {
    Json event{{"kind", "status"},
               {"id", id_of(ref)},
               {"address", entry.address},
               {"status", status},
               {"at", epoch_ms + timeline_.now()}};
    if (plan_.promise != Promise::blind && plan_.promise != Promise::queryable) event.set("ref", ref);
    if (status == "failed")
        event.set("error", Json{{"class", "recipient"}, {"code", "gone"}, {"text", "gone"}});
    return event;
}

Json Provider::settle(const Json& input) {
    const std::string& ref = input.at("ref").text();
    Json::Array answer;
    if (const auto found = ledger_.find(ref); found != ledger_.end()) {
        ++found->second.lookups_answered;
        answer.push_back(
            Json::array({"event", event(ref, found->second, found->second.failed ? "failed" : "delivered")}));
    }
    return Json::array(std::move(answer));
}

namespace {

class PretendConnection final : public plugin::Connection {
public:
    explicit PretendConnection(const plugin::Manifest& manifest) : manifest_(manifest) {}

    const plugin::Manifest& manifest() const override { return manifest_; }

    plugin::Output advance(const plugin::Turn& turn) const override {
        plugin::Output output;
        if (turn.reply == nullptr) {
            plugin::Effect effect;
            effect.kind = "http";
            effect.http.method = "POST";
            effect.http.url = std::string(provider_host) + std::string(turn.op);
            effect.http.body = turn.input;
            effect.http.repeatable = manifest_.idempotent;
            effect.http.limit = "send";
            effect.step = "answered";
            output.effect = std::move(effect);
        } else if (turn.reply->error.empty()) {
            output.records = records(turn.reply->body);
        }
        return output;
    }

    plugin::Output verify(const plugin::Inbound&) const override { return {}; }

    plugin::Output parse(const plugin::Inbound& inbound) const override {
        plugin::Output output;
        output.records = records(inbound.body);
        return output;
    }

private:
    static std::vector<plugin::Record> records(const std::string& body) {
        std::vector<plugin::Record> records;
        for (const Json& record : Json::parse(body))
            records.push_back({record.at(std::size_t{0}).text(), record.at(std::size_t{1})});
        return records;
    }

    const plugin::Manifest manifest_;
};

class PretendPlugin final : public plugin::Provider {
public:
    explicit PretendPlugin(plugin::Manifest manifest) : manifest_(std::move(manifest)) {}
    const plugin::Manifest& manifest() const override { return manifest_; }
    const std::string& path() const override { return path_; }
    Result<std::shared_ptr<const plugin::Connection>> open(const Json&) const override {
        return std::shared_ptr<const plugin::Connection>(std::make_shared<PretendConnection>(manifest_));
    }

private:
    const plugin::Manifest manifest_;
    const std::string path_ = "(in the simulation)";
};

}  // namespace

std::shared_ptr<const plugin::Provider> pretend_plugin(const Plan& plan) {
    Json send{{"kinds", Json::array({"text", "template"})}};
    if (plan.promise == Promise::correlating || plan.promise == Promise::idempotent)
        send.set("echo", Json::array({"ref"}));
    if (plan.promise == Promise::idempotent) send.set("idempotent", true);
    if (plan.batch > 1) send.set("batch", Json{{"max", plan.batch}, {"personal", true}, {"results", "each"}});
    Json ops{{"send", send}};
    if (plan.promise == Promise::queryable) ops.set("settle", Json{{"after_s", 5}});
    Json::Array limits;
    if (plan.calls_per_second > 0)
        limits.push_back(Json{{"key", "send"}, {"per_second", plan.calls_per_second}});
    const Json manifest{{"id", provider_id},
                        {"name", "Pretend"},
                        {"version", "1.0.0"},
                        {"abi", "1.0"},
                        {"channels", Json::array({"sms"})},
                        {"hosts", Json::array({"pretend.example"})},
                        {"ops", ops},
                        {"limits", Json::array(std::move(limits))},
                        {"people", Json{{"channel", "sms"}, {"account", Json::array({"business"})}}},
                        {"webhook", Json{{"auth", "signature"}, {"events", Json::array({"status"})}}},
                        {"settings", Json{{"version", 1},
                                          {"type", "object"},
                                          {"properties", Json{{"business", Json{{"type", "string"}}}}}}}};
    auto parsed = plugin::parse_manifest(manifest.dump());
    if (!parsed) throw std::logic_error("the pretend provider's manifest: " + parsed.error().text);
    return std::make_shared<PretendPlugin>(std::move(*parsed));
}

}  // namespace dakiya::simulate
