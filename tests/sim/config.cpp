#include "config.hpp"

#include "text.hpp"

#include <algorithm>

namespace sim {
namespace {

using dakiya::Json;

constexpr char default_document[] = R"json({
  "seed": 1,
  "latency_ms": {"min": 0, "max": 0},
  "cut_percent": 0, "drop_percent": 0, "refuse_percent": 0,
  "rules": [],
  "meta": {
    "access_token": "sim-meta-token", "phone_number_id": "106540352242922", "waba_id": "102290129340398",
    "app_secret": "sim-app-secret", "verify_token": "sim-verify-token",
    "display_phone_number": "15550783881", "webhook_url": "",
    "rate": {"per_second": 0, "burst": 0},
    "templates": [
      {"id": "594425479261001", "name": "hello_world", "language": "en_US", "status": "APPROVED",
       "category": "UTILITY", "components": [{"type": "BODY", "text": "Hello World"}]},
      {"id": "594425479261002", "name": "order_update", "language": "en_US", "status": "APPROVED",
       "category": "UTILITY", "components": [
         {"type": "BODY", "text": "Hi {{1}}, order {{2}} shipped."}, {"type": "FOOTER", "text": "Acme Ltd"}]},
      {"id": "594425479261003", "name": "sale", "language": "en_US", "status": "APPROVED",
       "category": "MARKETING", "components": [
         {"type": "HEADER", "format": "IMAGE"}, {"type": "BODY", "text": "Hi {{1}}, today only."},
         {"type": "BUTTONS", "buttons": [{"type": "URL", "text": "Shop", "url": "https://x.example/{{1}}"},
                                         {"type": "QUICK_REPLY", "text": "Stop"}]}]},
      {"id": "594425479261004", "name": "old_offer", "language": "en_US", "status": "PAUSED",
       "category": "MARKETING", "components": [{"type": "BODY", "text": "Old"}]}
    ]
  },
  "twilio": {
    "account_sid": "AC00000000000000000000000000000001", "auth_token": "0123456789abcdef0123456789abcdef",
    "api_key_sid": "", "api_key_secret": "",
    "messaging_service_sid": "MG00000000000000000000000000000009",
    "senders": ["+15550100001", "+14155238886", "ACME"], "inbound_url": "",
    "rate": {"per_second": 0, "burst": 0},
    "contents": [
      {"sid": "HX00000000000000000000000000000001", "friendly_name": "order_update_en", "language": "en",
       "variables": {"1": "Asha", "2": "ORD-7"},
       "types": {"twilio/text": {"body": "Hi {{1}}, order {{2}} is on its way."}},
       "approval_requests": {"type": "whatsapp", "name": "order_update", "category": "UTILITY",
                             "content_type": "twilio/text", "status": "approved", "rejection_reason": "",
                             "allow_category_change": true}},
      {"sid": "HX00000000000000000000000000000002", "friendly_name": "hello_en", "language": "en",
       "variables": {}, "types": {"twilio/text": {"body": "Hello"}},
       "approval_requests": {"type": "whatsapp", "name": "hello", "category": "UTILITY",
                             "content_type": "twilio/text", "status": "approved", "rejection_reason": "",
                             "allow_category_change": true}}
    ]
  },
  "msg91": {
    "authkey": "270001ASimAuthKey", "integrated_number": "919800000001", "webhook_url": "",
    "webhook_form": "new", "senders": ["ACMEIN"], "otp_templates": ["64f0aa11bb22cc33dd44ee66"],
    "rate": {"per_second": 0, "burst": 0},
    "templates": [{"id": "64f0aa11bb22cc33dd44ee55", "variables": ["name", "amount"]}],
    "whatsapp_templates": [
      {"name": "order_update", "category": "UTILITY", "languages": [
        {"language": "en", "status": "APPROVED", "id": "8801", "variables": ["body_1", "body_2"],
         "code": [{"type": "BODY", "text": "Hi {{1}}, order {{2}} shipped."}]}]}
    ]
  },
  "statuses": {
    "delivered_percent": 100, "read_percent": 0, "failed_percent": 0,
    "failed_code": {"meta": 131026, "twilio": 30003, "msg91": 2},
    "delay_ms": {"min": 5, "max": 50},
    "repeat_percent": 0, "reorder_percent": 0, "late_percent": 0, "late_ms": 1000, "batch": 1
  },
  "webhooks": {
    "enabled": true, "concurrency": 16, "timeout_ms": 10000,
    "retries": {"meta": 7, "twilio": 0, "msg91": 0}, "retry_ms": 1000, "origins": {}
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
            fields.fail(Fault::Kind::bad_value, "provider", "must be meta, twilio or msg91");
        rule.suffix = fields.text("suffix", Fields::required, 15, 0);
        rule.code = static_cast<int>(fields.whole("code", 0, 0, 9'999'999));
        rule.times = static_cast<int>(fields.whole("times", 0, 0, 250));
        rule.in_status = fields.flag("in_status", false);
        fields.finish();
        rules.push_back(std::move(rule));
    }
    return rules;
}

// The names between {{ and }}, each once.
std::vector<std::string> placeholders(std::string_view text) {
    std::vector<std::string> names;
    for (std::size_t open; (open = text.find("{{")) != std::string_view::npos;) {
        const std::size_t close = text.find("}}", open);
        if (close == std::string_view::npos) break;
        std::string name(text.substr(open + 2, close - open - 2));
        if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(std::move(name));
        text.remove_prefix(close + 2);
    }
    return names;
}

std::string button_parameter(const Json& button) {
    const std::string type = button.value("type", "");
    if (type == "URL") return button.value("url", "").find("{{") == std::string::npos ? "" : "url";
    if (type == "OTP") return "url";  // reads back as URL, and the code is given again
    if (type == "COPY_CODE") return "copy_code";
    return "";
}

TemplateShape shape_of(const Json& made) {
    TemplateShape shape;
    shape.status = made.value("status", "APPROVED");
    shape.category = made.value("category", "UTILITY");
    shape.named = made.value("parameter_format", "POSITIONAL") == "NAMED";
    for (const Json& component : made["components"]) {
        const std::string type = component.value("type", "");
        if (type == "HEADER") {
            shape.header = component.value("format", "TEXT");
            shape.header_variables =
                shape.header == "TEXT" ? placeholders(component.value("text", "")).size() : 1;
            if (shape.header_variables == 0) shape.header.clear();
        } else if (type == "BODY") {
            shape.body_names = placeholders(component.value("text", ""));
            shape.body_variables = shape.category == "AUTHENTICATION" ? 1 : shape.body_names.size();
        } else if (type == "BUTTONS") {
            for (const Json& button : component["buttons"]) shape.buttons.push_back(button_parameter(button));
        }
    }
    return shape;
}

MetaConfig read_meta(const Json& json, Fields& root, Fault& fault) {
    Fields fields(json, &root, "meta", fault);
    MetaConfig meta;
    meta.access_token = fields.text("access_token", Fields::required);
    meta.phone_number_id = fields.text("phone_number_id", Fields::required);
    meta.waba_id = fields.text("waba_id", Fields::required);
    meta.app_secret = fields.text("app_secret", Fields::required);
    meta.verify_token = fields.text("verify_token", Fields::required);
    meta.display_phone_number = fields.text("display_phone_number", Fields::required);
    meta.webhook_url = fields.text("webhook_url", Fields::required, 2000, 0);
    meta.rate = read_rate(fields, fault);
    if (const Json* list = fields.list("templates", Fields::required, 10'000, 0)) {
        meta.templates = *list;
        for (const Json& made : *list)
            meta.shapes[made.value("name", "") + ' ' + made.value("language", "")] = shape_of(made);
    }
    fields.finish();
    return meta;
}

TwilioConfig read_twilio(const Json& json, Fields& root, Fault& fault) {
    Fields fields(json, &root, "twilio", fault);
    TwilioConfig twilio;
    twilio.account_sid = fields.text("account_sid", Fields::required, 34, 34);
    twilio.auth_token = fields.text("auth_token", Fields::required);
    twilio.api_key_sid = fields.text("api_key_sid", Fields::required, 34, 0);
    twilio.api_key_secret = fields.text("api_key_secret", Fields::required, 4096, 0);
    twilio.messaging_service_sid = fields.text("messaging_service_sid", Fields::required, 34, 0);
    twilio.inbound_url = fields.text("inbound_url", Fields::required, 2000, 0);
    twilio.senders = read_texts(fields, "senders");
    twilio.rate = read_rate(fields, fault);
    if (const Json* list = fields.list("contents", Fields::required, 10'000, 0)) {
        twilio.contents = *list;
        int index = 0;
        for (const Json& made : *list) {
            Fields content(made, &fields, "contents", fault, index++);
            content.text("sid", Fields::required, 34, 34);
            content.object("variables", Fields::required);
            if (const Json* approval = content.object("approval_requests", Fields::required))
                Fields(*approval, &content, "approval_requests", fault).text("status", Fields::required);
        }
    }
    fields.finish();
    return twilio;
}

void check_whatsapp_template(const Json& made, const Fields& parent, int index, Fault& fault) {
    Fields fields(made, &parent, "whatsapp_templates", fault, index);
    fields.text("name", Fields::required, 512);
    const Json* languages = fields.list("languages", Fields::required);
    if (!languages) return;
    for (const Json& item : *languages) {
        Fields language(item, &fields, "languages", fault);
        language.text("language", Fields::required, 16);
        language.text("status", Fields::required, 32);
        read_texts(language, "variables");
    }
}

Msg91Config read_msg91(const Json& json, Fields& root, Fault& fault) {
    Fields fields(json, &root, "msg91", fault);
    Msg91Config msg91;
    msg91.authkey = fields.text("authkey", Fields::required);
    msg91.integrated_number = fields.text("integrated_number", Fields::required);
    msg91.webhook_url = fields.text("webhook_url", Fields::required, 2000, 0);
    const std::string_view form = fields.text("webhook_form", Fields::required);
    msg91.old_webhook = form == "v2";
    if (form != "new" && form != "v2")
        fields.fail(Fault::Kind::bad_value, "webhook_form", "must be new or v2");
    msg91.senders = read_texts(fields, "senders");
    msg91.otp_templates = read_texts(fields, "otp_templates");
    msg91.rate = read_rate(fields, fault);
    if (const Json* list = fields.list("templates", Fields::required, 10'000, 0))
        for (const Json& item : *list) {
            Fields made(item, &fields, "templates", fault);
            const std::string id(made.text("id", Fields::required));
            msg91.templates[id] = read_texts(made, "variables");
            made.finish();
        }
    if (const Json* list = fields.list("whatsapp_templates", Fields::required, 10'000, 0)) {
        msg91.whatsapp_templates = *list;
        int index = 0;
        for (const Json& made : *list) check_whatsapp_template(made, fields, index++, fault);
    }
    fields.finish();
    return msg91;
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
        for (std::size_t i = 0; i < provider_count; ++i)
            statuses.failed_code[i] =
                static_cast<int>(code.whole(name_of(static_cast<Provider>(i)), 0, 0, 9'999'999));
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
        webhooks.meta_retries = retries.whole("meta", 7, 0, 100);
        webhooks.twilio_retries = retries.whole("twilio", 0, 0, 100);
        webhooks.msg91_retries = retries.whole("msg91", 0, 0, 100);
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

const char* name_of(Provider provider) {
    switch (provider) {
        case Provider::meta:
            return "meta";
        case Provider::twilio:
            return "twilio";
        case Provider::msg91:
            break;
    }
    return "msg91";
}

std::optional<Provider> provider_named(std::string_view name) {
    for (const Provider provider : {Provider::meta, Provider::twilio, Provider::msg91})
        if (name == name_of(provider)) return provider;
    return {};
}

const Json& default_config() {
    static const Json document = Json::parse(default_document);
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
    config.cut_percent = percent(root, "cut_percent");
    config.drop_percent = percent(root, "drop_percent");
    config.refuse_percent = percent(root, "refuse_percent");
    config.rules = read_rules(root, fault);
    if (const Json* meta = root.object("meta", Fields::required)) config.meta = read_meta(*meta, root, fault);
    if (const Json* twilio = root.object("twilio", Fields::required))
        config.twilio = read_twilio(*twilio, root, fault);
    if (const Json* msg91 = root.object("msg91", Fields::required))
        config.msg91 = read_msg91(*msg91, root, fault);
    if (const Json* statuses = root.object("statuses", Fields::required))
        config.statuses = read_statuses(*statuses, root, fault);
    if (const Json* webhooks = root.object("webhooks", Fields::required))
        config.webhooks = read_webhooks(*webhooks, root, fault);
    root.finish();
    return config;
}

}  // namespace sim
