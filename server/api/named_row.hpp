// The row that a path names: "/v1/contacts/{contact}".
#pragma once

#include <optional>
#include <string_view>
#include <utility>

#include "api/change.hpp"

namespace dakiya::api {

// By the id in path parameter `param`, among the caller's. Error: not_found, which calls it a `kind` (or as
// the parameter is called).
template <class Row>
Result<Row> named_row(Services& services, const Call& call, std::string_view param, std::string_view prefix,
                      std::optional<Row> (*find)(store::Session&, store::Scope, Id),
                      std::string_view kind = {}) {
    const auto id = call.id(param, prefix);
    if (!id) return id.error();
    auto row =
        services.db.read([&](store::Session& session) { return find(session, call.caller.scope, *id); });
    if (!row) return no_such(kind.empty() ? param : kind, call.param(param));
    return *std::move(row);
}

}  // namespace dakiya::api
