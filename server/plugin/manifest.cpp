#include "plugin/manifest.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include "dakiya/abi.h"
#include "plugin/schema.hpp"
#include "plugin/url.hpp"

namespace dakiya::plugin {
namespace {

constexpr std::size_t max_manifest = 256U * 1024U;

// Effects and services that the driver performs (docs/design.md 3.5).
constexpr std::array<std::string_view, 3> known_requirements{"http", "wait/1", "mail/1"};

// The outer shape, as in sdk/schema/manifest.schema.json; what one schema cannot say is checked below.
constexpr std::string_view shape = R"({
  "type": "object", "additionalProperties": true,
  "required": ["id", "name", "version", "abi", "channels", "ops", "settings"],
  "properties": {
    "id": {"type": "string", "pattern": "^[a-z][a-z0-9_-]{0,31}$"},
    "name": {"type": "string", "minLength": 1, "maxLength": 80},
    "version": {"type": "string", "maxLength": 40, "pattern": "^[0-9]+[.][0-9]+[.][0-9]+([-+][0-9A-Za-z.+-]+)?$"},
    "abi": {"type": "string", "pattern": "^[0-9]{1,4}[.][0-9]{1,4}$"},
    "vendor": {"type": "string", "maxLength": 200},
    "docs": {"type": "string", "format": "uri"},
    "http": {"type": "boolean"},
    "channels": {"type": "array", "minItems": 1, "maxItems": 16,
                 "items": {"type": "string", "pattern": "^[a-z][a-z0-9_]{0,19}$"}},
    "hosts": {"type": "array", "maxItems": 100, "items": {"type": "string", "minLength": 1, "maxLength": 260}},
    "requires": {"type": "array", "maxItems": 16, "items": {"type": "string", "pattern": "^[a-z0-9_.]+(/[0-9]+)?$"}},
    "ops": {"type": "object", "additionalProperties": {"type": "object"}, "properties": {
      "send": {"type": "object", "additionalProperties": true, "required": ["kinds"], "properties": {
        "kinds": {"type": "array", "minItems": 1, "items": {"type": "string", "enum":
          ["text", "template", "media", "interactive", "location", "contacts", "reaction"]}},
        "batch": {"type": "object", "additionalProperties": true, "required": ["max"], "properties": {
          "max": {"type": "integer", "minimum": 1, "maximum": 10000},
          "personal": {"type": "boolean"},
          "results": {"type": "string", "enum": ["each", "one", "none"]},
          "channels": {"type": "array", "minItems": 1, "items": {"type": "string"}},
          "kinds": {"type": "array", "minItems": 1, "items": {"type": "string"}},
          "when": {"type": "object", "additionalProperties": true}}},
        "echo": {"type": "array", "items": {"type": "string", "enum": ["ref"]}},
        "idempotent": {"type": "boolean"}}},
      "settle": {"type": "object", "additionalProperties": true, "properties": {
        "after_s": {"type": "integer", "minimum": 1, "maximum": 86400, "default": 120}}},
      "status": {"type": "object", "additionalProperties": true, "properties": {
        "max": {"type": "integer", "minimum": 1, "maximum": 1000, "default": 100}}},
      "templates.create": {"type": "object", "additionalProperties": true, "properties": {
        "files": {"type": "boolean"}}}}},
    "limits": {"type": "array", "maxItems": 100, "items": {"type": "object", "additionalProperties": true,
      "required": ["key", "per_second"], "properties": {
        "key": {"type": "string", "pattern": "^[a-z][a-z0-9_.]{0,39}$"},
        "scope": {"type": "string", "enum": ["", "sender", "account", "recipient"]},
        "per_second": {"type": "number", "minimum": 0.000001, "maximum": 1000000}}}},
    "people": {"type": "object", "additionalProperties": true, "required": ["channel", "account"], "properties": {
      "channel": {"type": "string"},
      "account": {"type": "array", "minItems": 1, "maxItems": 4, "items": {"type": "string"}},
      "limit": {"type": "string"}}},
    "webhook": {"type": "object", "additionalProperties": true, "required": ["auth"], "properties": {
      "auth": {"type": "string", "minLength": 1, "maxLength": 40},
      "help": {"type": "string", "maxLength": 2000},
      "events": {"type": "array", "items": {"type": "string", "enum":
        ["status", "inbound", "consent", "template", "sender", "account", "other"]}}}},
    "settings": {"type": "object"},
    "message": {"type": "object"}}})";

std::vector<std::string> texts(const Json& array) {
    std::vector<std::string> result;
    for (const Json& item : array) result.push_back(item.text());
    return result;
}

bool contains(const std::vector<std::string>& list, std::string_view item) {
    return std::find(list.begin(), list.end(), item) != list.end();
}

// "${base_url}" → "base_url"; empty for anything else.
std::string_view setting_name(std::string_view host) {
    if (host.size() < 4 || host.substr(0, 2) != "${" || host.back() != '}') return {};
    return host.substr(2, host.size() - 3);
}

Manifest fill(const Json& json) {
    Manifest m;
    m.id = json.at("id").text();
    m.name = json.at("name").text();
    m.version = json.at("version").text();
    m.abi = json.at("abi").text();
    m.vendor = json.value("vendor", "");
    m.docs = json.value("docs", "");
    m.channels = texts(json["channels"]);
    m.hosts = texts(json["hosts"]);
    m.requires_ = texts(json["requires"]);
    m.http = json.value("http", false);
    for (const auto& [op, detail] : json.at("ops").members()) m.ops.emplace(op, detail);

    if (const Json* send = json.at("ops").find("send")) {
        m.kinds = texts((*send)["kinds"]);
        m.echoes_ref = (*send)["echo"].size() > 0;
        m.idempotent = send->value("idempotent", false);
        if (const Json* batch = send->find("batch"))
            m.batch = Batch{static_cast<int>(batch->at("max").integer()),
                            batch->value("personal", false),
                            batch->value("results", "each"),
                            texts((*batch)["channels"]),
                            texts((*batch)["kinds"]),
                            (*batch)["when"]};
    }
    if (const Json* settle = json.at("ops").find("settle"))
        m.settle_after_s = static_cast<int>(settle->value("after_s", 120));
    if (const Json* status = json.at("ops").find("status"))
        m.status_ids = static_cast<int>(status->value("max", m.status_ids));
    for (const Json& limit : json["limits"])
        m.limits.push_back(
            {limit.at("key").text(), limit.value("scope", ""), limit.at("per_second").number()});
    if (const Json* webhook = json.find("webhook")) {
        m.has_webhook = true;
        m.webhook_auth = webhook->at("auth").text();
        m.webhook_help = webhook->value("help", "");
        m.webhook_events = texts((*webhook)["events"]);
    }
    m.settings = json.at("settings");
    m.message = json["message"];
    m.raw = json;
    return m;
}

// A pattern must leave the provider's own domain standing: "*.com" would let secrets go anywhere.
bool is_host_pattern(std::string_view host) {
    if (host.substr(0, 2) != "*.") return is_host_name(host);
    host.remove_prefix(2);
    return is_host_name(host) && host.find('.') != std::string_view::npos;
}

Result<void> check_hosts(const Manifest& m) {
    for (const std::string_view effect : {"http", "mail/1"})
        if (m.hosts.empty() && std::find(m.requires_.begin(), m.requires_.end(), effect) != m.requires_.end())
            return invalid("hosts", "hosts is empty though requires has \"" + std::string(effect) +
                                        "\": name the hosts that it calls");
    for (const std::string& host : m.hosts) {
        const std::string_view setting = setting_name(host);
        if (setting.empty() && !is_host_pattern(host))
            return invalid("hosts", "hosts has \"" + host +
                                        "\": write a host name in lower case, *.domain.tld or ${setting}");
        if (!setting.empty() && m.settings["properties"][setting]["type"] != Json("string"))
            return invalid("hosts", "hosts has \"" + host + "\", which is not a text among the settings");
    }
    return {};
}

Result<void> check_schemas(const Manifest& m) {
    const auto checked = [](const Json& schema, const std::string& name) -> Result<void> {
        const Result<void> sound = check_schema(schema);
        if (!sound) {
            const Error& e = sound.error();
            return invalid(e.field.empty() ? name : name + "." + e.field, "in " + name + ": " + e.text);
        }
        if (schema.at("type").text() != "object") return invalid(name, name + " must have type object");
        return {};
    };
    if (Result<void> sound = checked(m.settings, "settings"); !sound) return sound;
    return m.message.is_null() ? Result<void>{} : checked(m.message, "message");
}

// A batch for channels, kinds or settings that do not exist would silently never be used.
Result<void> check_batch(const Manifest& m) {
    if (!m.batch) return {};
    for (const std::string& channel : m.batch->channels)
        if (!contains(m.channels, channel))
            return invalid("ops.send.batch.channels", "ops.send.batch.channels has \"" + channel +
                                                          "\", which is not among the channels");
    for (const std::string& kind : m.batch->kinds)
        if (!contains(m.kinds, kind))
            return invalid("ops.send.batch.kinds",
                           "ops.send.batch.kinds has \"" + kind + "\", which is not among ops.send.kinds");
    if (m.batch->when.is_null()) return {};
    if (m.batch->when.size() != 1)
        return invalid("ops.send.batch.when", "ops.send.batch.when must name one setting and its value");
    const std::string& setting = m.batch->when.members().front().first;
    if (!m.settings["properties"].contains(setting))
        return invalid("ops.send.batch.when",
                       "ops.send.batch.when names \"" + setting + "\", which is not among the settings");
    return {};
}

// Settings that do not exist would silently never name a business.
Result<void> check_people(const Manifest& m) {
    const Json& people = m.raw["people"];
    if (people.is_null()) return {};
    std::vector<std::string> named = texts(people.at("account"));
    if (const Json* limit = people.find("limit")) named.push_back(limit->text());
    for (const std::string& setting : named)
        if (!m.settings["properties"].contains(setting))
            return invalid("people", "people names \"" + setting + "\", which is not among the settings");
    return {};
}

std::string host_of_setting(const Json& value) {
    if (!value.is_string()) return {};
    if (const Result<Url> url = split_url(value.text())) return url->host;
    return is_host_name(value.text()) ? value.text() : std::string();
}

}  // namespace

bool Manifest::has_op(std::string_view op) const { return ops.find(std::string(op)) != ops.end(); }

Certainty Manifest::certainty() const {
    if (idempotent) return Certainty::idempotent;
    if (echoes_ref) return Certainty::correlating;
    return settle_after_s > 0 ? Certainty::queryable : Certainty::blind;
}

const Batch* Manifest::batch_for(std::string_view channel, std::string_view kind,
                                 const Json& open_settings) const {
    if (!batch) return nullptr;
    if (!batch->channels.empty() && !contains(batch->channels, channel)) return nullptr;
    if (!batch->kinds.empty() && !contains(batch->kinds, kind)) return nullptr;
    if (batch->when.is_null()) return &*batch;
    const auto& [setting, wanted] = batch->when.members().front();
    const Json* set = open_settings.find(setting);
    const Json& value = set ? *set : settings["properties"][setting]["default"];
    return value == wanted ? &*batch : nullptr;
}

bool Manifest::allows_host(std::string_view host, const Json& open_settings) const {
    if (host.empty()) return false;
    for (const std::string& allowed : hosts) {
        if (const std::string_view setting = setting_name(allowed); !setting.empty()) {
            if (host_of_setting(open_settings[setting]) == host) return true;
        } else if (allowed.front() == '*') {  // any number of labels below, not the domain itself
            const std::string_view suffix = std::string_view(allowed).substr(1);
            if (host.size() > suffix.size() && host.substr(host.size() - suffix.size()) == suffix)
                return true;
        } else if (allowed == host) {
            return true;
        }
    }
    return false;
}

std::string_view to_string(Certainty certainty) {
    switch (certainty) {
        case Certainty::idempotent:
            return "idempotent";
        case Certainty::correlating:
            return "correlating";
        case Certainty::queryable:
            return "queryable";
        case Certainty::blind:
            break;
    }
    return "blind";
}

Result<Manifest> parse_manifest(std::string_view json) {
    static const Json schema = Json::parse(shape);
    if (json.size() > max_manifest)
        return invalid({}, "the manifest has more than " + std::to_string(max_manifest) + " bytes");
    Json document;
    try {
        document = Json::parse(json);
    } catch (const JsonError& e) {
        return invalid({}, std::string("the manifest cannot be read: ") + e.what());
    }
    if (!document.is_object())
        return invalid({}, std::string("the manifest must be an object, found ") + document.type_name());
    if (auto findings = validate(schema, document); !findings.empty())
        return invalid(findings.front().field, "the manifest is wrong: " + findings.front().text);

    Manifest manifest = fill(document);
    for (const auto check : {check_schemas, check_hosts, check_batch, check_people})
        if (const Result<void> sound = check(manifest); !sound)
            return invalid(sound.error().field, "the manifest is wrong: " + sound.error().text);
    return manifest;
}

bool has_path_token(const Manifest& manifest) {
    return manifest.webhook_auth == "path" || manifest.webhook_auth == "path_or_signature";
}

Result<void> check_supported(const Manifest& manifest) {
    const std::string ours = std::to_string(DK_ABI_MAJOR) + "." + std::to_string(DK_ABI_MINOR);
    int major = 0, minor = 0;
    const char* const end = manifest.abi.data() + manifest.abi.size();
    const auto dot = std::from_chars(manifest.abi.data(), end, major);
    std::from_chars(dot.ptr + 1, end, minor);
    if (major != DK_ABI_MAJOR || minor > DK_ABI_MINOR)
        return Error{Code::unsupported,
                     "it needs plugin ABI " + manifest.abi + " and this server has " + ours +
                         ": update the server, or use an older release of the plugin",
                     "abi"};
    for (const std::string& need : manifest.requires_)
        if (std::find(known_requirements.begin(), known_requirements.end(), need) == known_requirements.end())
            return Error{Code::unsupported,
                         "it requires \"" + need + "\", which this server does not have: update the server",
                         "requires"};
    return {};
}

Json host_settings(const Manifest& manifest, const Json& settings) {
    Json kept = Json::object();
    for (const std::string& host : manifest.hosts)
        if (const std::string_view name = setting_name(host); !name.empty()) kept.set(name, settings[name]);
    return kept;
}

}  // namespace dakiya::plugin
