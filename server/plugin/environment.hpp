// What the operator's environment gives to connections: a setting with "x-env": "NAME" in its schema that a
// connection leaves out takes the value of that variable, for the providers that the operator has listed.
// The value is filled in when a connection is opened and never copied into a tenant's row.
//
// A secret of the operator's goes only where the operator or the manifest sends it: once a connection names a
// host of its own (a setting that "hosts" refers to), no secret is filled in for it.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "dakiya/json.hpp"
#include "plugin/manifest.hpp"

namespace dakiya::plugin {

// Read once at start, then a value. [any thread]
class Environment {
public:
    Environment() = default;
    // providers: ids, or "*" for all. variables: by name; empty ones count as not set.
    Environment(const std::vector<std::string>& providers, std::map<std::string, std::string> variables);

    // The names of the fields that filled() would add to `settings`.
    std::vector<std::string> fields(const Manifest& manifest, const Json& settings) const;

    // `settings` with what the environment gives. Code::unavailable: a variable's value does not suit its
    // field; the operator has to correct it, or the connection has to have its own.
    Result<Json> filled(const Manifest& manifest, Json settings) const;

    // The form schema as tenants see it: a field with a value here is not required and has
    // "x-operator": true. The value is not in it.
    Json form(const Manifest& manifest) const;

private:
    const std::string* variable(const Manifest& manifest, const Json& property) const;

    std::set<std::string, std::less<>> providers_;
    std::map<std::string, std::string> variables_;
};

}  // namespace dakiya::plugin
