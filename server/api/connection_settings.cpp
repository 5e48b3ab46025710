#include "api/connection_settings.hpp"

#include <algorithm>

#include "plugin/schema.hpp"
#include "security/token.hpp"

namespace dakiya::api {

namespace {

constexpr std::size_t column_bytes = 60'000;  // a TEXT column holds 65,535

void generate_missing(const Json& schema, const std::vector<std::string>& given, Json& settings) {
    for (const auto& [field, property] : schema["properties"].members())
        if (property.contains("x-generate") && settings[field].is_null() &&
            std::find(given.begin(), given.end(), field) == given.end())
            settings.set(field, security::random_text());
}

}  // namespace

Json merged_settings(Json old, const Json& change) {
    for (const auto& [field, value] : change.members()) {
        if (value.is_null())
            old.erase(field);
        else
            old.set(field, value);
    }
    return old;
}

std::variant<Json, std::vector<Error>> checked_settings(const plugin::Environment& environment,
                                                        const plugin::Provider& provider, Json settings) {
    const Json& schema = provider.manifest().settings;
    const auto given = environment.fields(provider.manifest(), settings);
    generate_missing(schema, given, settings);
    auto filled = environment.filled(provider.manifest(), std::move(settings));
    if (!filled) return std::vector<Error>{filled.error()};
    settings = plugin::with_defaults(schema, *std::move(filled));
    if (auto findings = plugin::validate(schema, settings, "settings"); !findings.empty()) return findings;
    if (auto opened = provider.open(settings); !opened) {
        Error error = opened.error();
        if (error.field.empty()) error.field = "settings";
        return std::vector<Error>{std::move(error)};
    }
    for (const std::string& field : given) settings.erase(field);
    return settings;
}

Result<Json> open_settings(security::Vault& vault, const store::Connection& row) {
    Json settings = Json::parse(row.settings);
    const Json secrets = Json::parse(row.secrets);
    for (const auto& [field, sealed] : secrets.members()) {
        auto clear = vault.open({row.tenant, "connections", field, row.id}, sealed.text());
        if (!clear)
            return Error{Code::unavailable,
                         "the stored secret \"" + field + "\" cannot be opened (" + clear.error().text +
                             "); enter it again",
                         "settings." + field};
        settings.set(field, *std::move(clear));
    }
    return settings;
}

Result<void> seal_settings(security::Vault& vault, const plugin::Manifest& manifest, const Json& settings,
                           store::Connection& row) {
    Json open = settings, secrets = Json::object();
    for (const std::string& field : plugin::secret_fields(manifest.settings)) {
        const Json& value = settings[field];
        if (value.is_null()) continue;
        auto sealed = vault.seal({row.tenant, "connections", field, row.id}, value.text());
        if (!sealed) return sealed.error();
        secrets.set(field, *std::move(sealed));
        open.erase(field);
    }
    row.settings_version = manifest.settings.value("version", std::int64_t{1});
    row.settings = open.dump();
    row.secrets = secrets.dump();
    if (row.settings.size() > column_bytes || row.secrets.size() > column_bytes)
        return Error{Code::too_large, "the settings have more than 60,000 bytes together", "settings"};
    return {};
}

Json masked_settings(const plugin::Manifest& manifest, const store::Connection& row) {
    Json settings = Json::parse(row.settings);
    const Json secrets = Json::parse(row.secrets);
    for (const std::string& field : plugin::secret_fields(manifest.settings))
        settings.set(field, Json{{"set", secrets.contains(field)}});
    return settings;
}

Json operator_settings(const plugin::Environment& environment, const plugin::Manifest& manifest,
                       const store::Connection& row) {
    Json present = Json::parse(row.settings), names = Json::array();
    const Json secrets = Json::parse(row.secrets);
    for (const auto& [field, sealed] : secrets.members()) present.set(field, true);  // whatever it is
    for (const std::string& field : environment.fields(manifest, present)) names.push_back(field);
    return names;
}

}  // namespace dakiya::api
