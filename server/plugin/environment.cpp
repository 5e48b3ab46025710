#include "plugin/environment.hpp"

#include <algorithm>

#include "plugin/schema.hpp"

namespace dakiya::plugin {

namespace {

// Whether the tenant decides where requests go.
bool has_own_host(const Manifest& manifest, const Json& settings) {
    for (const auto& [field, value] : host_settings(manifest, settings).members())
        if (!value.is_null() && value != manifest.settings["properties"][field]["default"]) return true;
    return false;
}

}  // namespace

Environment::Environment(const std::vector<std::string>& providers,
                         std::map<std::string, std::string> variables)
    : providers_(providers.begin(), providers.end()), variables_(std::move(variables)) {}

const std::string* Environment::variable(const Manifest& manifest, const Json& property) const {
    if (!providers_.contains(manifest.id) && !providers_.contains("*")) return nullptr;
    const auto found = variables_.find(property.value("x-env", ""));
    return found == variables_.end() || found->second.empty() ? nullptr : &found->second;
}

std::vector<std::string> Environment::fields(const Manifest& manifest, const Json& settings) const {
    std::vector<std::string> names;
    const bool own_host = has_own_host(manifest, settings);
    for (const auto& [name, property] : manifest.settings["properties"].members())
        if (settings[name].is_null() && variable(manifest, property) &&
            !(own_host && property.value("x-secret", false)))
            names.push_back(name);
    return names;
}

Result<Json> Environment::filled(const Manifest& manifest, Json settings) const {
    for (const std::string& name : fields(manifest, settings)) {
        const Json& property = manifest.settings["properties"][name];
        const Json value(*variable(manifest, property));
        if (const auto findings = validate(property, value, name); !findings.empty())
            return Error{Code::unavailable,
                         "the operator's environment variable " + property["x-env"].text() +
                             " does not suit: " + findings.front().text +
                             "; the operator has to correct it, or the connection needs its own value",
                         "settings." + name};
        settings.set(name, value);
    }
    return settings;
}

Json Environment::form(const Manifest& manifest) const {
    Json form = manifest.settings;
    const auto given = fields(manifest, Json::object());
    for (const std::string& name : given) form.find("properties")->find(name)->set("x-operator", true);
    Json required = Json::array();
    for (const Json& name : form["required"])
        if (std::find(given.begin(), given.end(), name.text()) == given.end()) required.push_back(name);
    if (form.contains("required")) form.set("required", std::move(required));
    return form;
}

}  // namespace dakiya::plugin
