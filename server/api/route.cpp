#include "api/route.hpp"

#include <algorithm>
#include <stdexcept>

namespace dakiya::api {

std::string_view to_string(Permission permission) {
    switch (permission) {
        case Permission::none:
            return "none";
        case Permission::read:
            return "read";
        case Permission::send:
            return "send";
        case Permission::manage:
            return "manage";
        case Permission::admin:
            return "admin";
    }
    return "none";
}

bool Caller::may(Permission permission) const {
    return permission == Permission::none ||
           std::any_of(permissions.begin(), permissions.end(),
                       [&](Permission held) { return held == permission || held == Permission::admin; });
}

const std::string& Call::param(std::string_view name) const {
    for (const auto& [known, value] : path)
        if (known == name) return value;
    throw std::logic_error("the route has no path parameter " + std::string(name));
}

Result<Id> Call::id(std::string_view name, std::string_view prefix) const {
    if (const auto id = parse_id(prefix, param(name))) return *id;
    return Error{Code::not_found,
                 "there is no " + std::string(name) + " of that id; ids look like " + format_id(prefix, 1000),
                 std::string(name)};
}

}  // namespace dakiya::api
