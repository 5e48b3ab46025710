#include "config.hpp"

#include "role.hpp"

namespace sim {
namespace {

using dakiya::Json;

constexpr char default_document[] = R"json({
  "seed": 1,
  "latency_ms": {"min": 0, "max": 0},
  "file_address_ms": 300000,
  "cut_percent": 0, "drop_percent": 0, "refuse_percent": 0,
  "rules": [],
  "statuses": {
    "delivered_percent": 100, "read_percent": 0, "failed_percent": 0,
    "failed_code": {},
    "delay_ms": {"min": 5, "max": 50},
    "repeat_percent": 0, "reorder_percent": 0, "late_percent": 0, "late_ms": 1000, "batch": 1
  },
  "webhooks": {
    "enabled": true, "concurrency": 16, "timeout_ms": 10000,
    "retries": {}, "retry_ms": 1000, "origins": {}
  }
})json";

double percent(Fields& fields, std::string_view key) {
    const Json* found = fields.any(key, Fields::required);
    if (!found) return 0;
    if (!found->is_number() || found->number() < 0 || found->number() > 100) {
        fields.fail(Fault::Kind::bad_value, key, "must be a number from 0 to 100");
        return 0;
    }
    return found->number();
}

Range read_range(Fields& parent, std::string_view key, Fault& fault) {
    const Json* object = parent.object(key, Fields::required);
    if (!object) return {};
    Fields fields(*object, &parent, key, fault);
    const Range range{fields.whole("min", 0, 0, 3'600'000), fields.whole("max", 0, 0, 3'600'000)};
    if (range.max < range.min) fields.fail(Fault::Kind::bad_value, "max", "must not be below min");
    fields.finish();
    return range;
}

std::vector<Rule> read_rules(Fields& parent, Fault& fault) {
    std::vector<Rule> rules;
    const Json* list = parent.list("rules", Fields::required, 1000, 0);
    if (!list) return rules;
    for (const Json& item : *list) {
        Fields fields(item, &parent, "rules", fault, static_cast<int>(rules.size()));
        Rule rule;
        const auto provider = provider_named(fields.text("provider", Fields::required));
        if (provider)
            rule.provider = *provider;
        else
            fields.fail(Fault::Kind::bad_value, "provider", "must be a provider that is played here");
        rule.suffix = fields.text("suffix", Fields::required, 15, 0);
        rule.code = static_cast<int>(fields.whole("code", 0, 1, 9'999'999));
        if (rule.code == 0) fields.fail(Fault::Kind::missing, "code", "is required");
        rule.times = static_cast<int>(fields.whole("times", 0, 0, 250));
        rule.in_status = fields.flag("in_status", false);
        fields.finish();
        rules.push_back(std::move(rule));
    }
    return rules;
}

StatusConfig read_statuses(const Json& json, Fields& root, Fault& fault) {
    Fields fields(json, &root, "statuses", fault);
    StatusConfig statuses;
    statuses.delivered_percent = percent(fields, "delivered_percent");
    statuses.read_percent = percent(fields, "read_percent");
    statuses.failed_percent = percent(fields, "failed_percent");
    statuses.repeat_percent = percent(fields, "repeat_percent");
    statuses.reorder_percent = percent(fields, "reorder_percent");
    statuses.late_percent = percent(fields, "late_percent");
    statuses.late_ms = fields.whole("late_ms", 0, 0, 3'600'000);
    statuses.batch = fields.whole("batch", 1, 1, 1000);  // Meta: at most 1000 updates in one payload
    statuses.delay_ms = read_range(fields, "delay_ms", fault);
    if (const Json* codes = fields.object("failed_code", Fields::required)) {
        Fields code(*codes, &fields, "failed_code", fault);
        for (const Provider provider : played())
            statuses.failed_code[index_of(provider)] =
                static_cast<int>(code.whole(role(provider).name, role(provider).failed, 0, 9'999'999));
        code.finish();
    }
    fields.finish();
    return statuses;
}

WebhookConfig read_webhooks(const Json& json, Fields& root, Fault& fault) {
    Fields fields(json, &root, "webhooks", fault);
    WebhookConfig webhooks;
    webhooks.enabled = fields.flag("enabled", true);
    webhooks.concurrency = fields.whole("concurrency", 16, 1, 1000);
    webhooks.retry_ms = fields.whole("retry_ms", 1000, 1, 3'600'000);
    webhooks.timeout_ms = fields.whole("timeout_ms", 10'000, 1, 600'000);
    if (const Json* object = fields.object("retries", Fields::required)) {
        Fields retries(*object, &fields, "retries", fault);
        for (const Provider provider : played())
            webhooks.retries[index_of(provider)] =
                retries.whole(role(provider).name, role(provider).retries, 0, 100);
        retries.finish();
    }
    if (const Json* origins = fields.object("origins", Fields::required))
        for (const auto& [from, to] : origins->members()) {
            if (!to.is_string())
                fields.fail(Fault::Kind::wrong_type, "origins", "must map texts to texts");
            else
                webhooks.origins.emplace_back(from, to.text());
        }
    fields.finish();
    return webhooks;
}

}  // namespace

Rate read_rate(Fields& parent, Fault& fault) {
    const Json* object = parent.object("rate", Fields::required);
    if (!object) return {};
    Fields fields(*object, &parent, "rate", fault);
    Rate rate{static_cast<double>(fields.whole("per_second", 0, 0, 1'000'000)),
              static_cast<double>(fields.whole("burst", 0, 0, 1'000'000))};
    if (rate.per_second > 0 && rate.burst < 1) rate.burst = rate.per_second;
    fields.finish();
    return rate;
}

std::vector<std::string> read_texts(Fields& parent, std::string_view key) {
    std::vector<std::string> texts;
    const Json* list = parent.list(key, Fields::required, 1000, 0);
    if (!list) return texts;
    for (const Json& item : *list) {
        if (!item.is_string()) {
            parent.fail(Fault::Kind::wrong_type, key, "must be an array of texts");
            break;
        }
        texts.push_back(item.text());
    }
    return texts;
}

const Json& default_config() {
    static const Json document = [] {
        Json made = Json::parse(default_document);
        for (const Provider provider : played())
            made.set(role(provider).name, Json::parse(role(provider).defaults));
        return made;
    }();
    return document;
}

Json merged(Json base, const Json& changes) {
    if (!base.is_object() || !changes.is_object()) return changes;
    for (const auto& [key, value] : changes.members()) {
        const Json* old = base.find(key);
        base.set(key, old ? merged(*old, value) : value);
    }
    return base;
}

Config read_config(const Json& document, Fault& fault) {
    Config config;
    Fields root(document, nullptr, "", fault);
    config.seed = static_cast<std::uint64_t>(root.whole("seed", 1, 0, INT64_MAX));
    config.latency_ms = read_range(root, "latency_ms", fault);
    config.file_address_ms = root.whole("file_address_ms", 300'000, 0, 86'400'000);
    config.cut_percent = percent(root, "cut_percent");
    config.drop_percent = percent(root, "drop_percent");
    config.refuse_percent = percent(root, "refuse_percent");
    config.rules = read_rules(root, fault);
    for (const Provider provider : played())
        if (const Json* json = root.object(role(provider).name, Fields::required)) {
            Fields section(*json, &root, role(provider).name, fault);
            config.sections[index_of(provider)] = role(provider).read(section, fault);
            section.finish();
        }
    if (const Json* statuses = root.object("statuses", Fields::required))
        config.statuses = read_statuses(*statuses, root, fault);
    if (const Json* webhooks = root.object("webhooks", Fields::required))
        config.webhooks = read_webhooks(*webhooks, root, fault);
    root.finish();
    return config;
}

}  // namespace sim
