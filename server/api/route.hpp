// One line of THE table. Routing, authorisation, validation and the OpenAPI document are made from it.
#pragma once

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "api/http.hpp"
#include "base/id.hpp"
#include "base/result.hpp"
#include "dakiya/json.hpp"
#include "store/scope.hpp"

namespace dakiya::api {

// What a key may do. A key holds a set of these; admin stands for all of them.
enum class Permission {
    none,    // no key needed
    read,    // look at anything of the tenant
    send,    // messages
    manage,  // contacts, imports, suppressions, campaigns
    admin    // connections and their secrets
};

std::string_view to_string(Permission permission);

// Who is asking.
struct Caller {
    store::Scope scope;
    Id key = 0;
    std::string country;  // of the tenant, for numbers without a country code
    std::vector<Permission> permissions;

    bool may(Permission permission) const;
};

class Once;

// One request on its way through a handler.
struct Call {
    Request& request;
    Caller caller;
    std::vector<std::pair<std::string, std::string>> path;  // decoded path parameters by name
    Json query;                                             // passed Route::query
    Json body;                                              // passed Route::body
    Once* once = nullptr;  // of a route that keeps its answer, when the request has an Idempotency-Key

    const std::string& param(std::string_view name) const;  // of the path; a wrong name is a bug
    // The id in path parameter `name`. Error: not_found, because nothing has such a name.
    Result<Id> id(std::string_view name, std::string_view prefix) const;
};

enum class BodyKind {
    none,  // refused when there is one, except for an empty object
    json,
    raw  // handed to the handler as it came: in request.body, or in request.file when it is large
};

struct Route {
    std::string method;
    std::string path;  // "/v1/campaigns/{campaign}"
    Permission permission = Permission::read;
    std::string name;     // operationId, unique: "getCampaign"
    std::string summary;  // one sentence
    std::function<Result<Response>(Call&)> run;

    Json query{};  // schema of an object of scalars; null: no parameters
    BodyKind body_kind = BodyKind::none;
    Json body{};                        // schema, when body_kind is json
    std::size_t most_body = 1U << 20U;  // bytes
    int status = 200;                   // of success
    Json answer{};                      // schema of success; null: not JSON or none
    bool free_query = false;            // whatever the caller sends: webhooks
    bool remembers = true;              // POST: honours Idempotency-Key
    bool keeps_its_answer = false;      // … by itself, in the transaction of its work (Call::once)
};

using Routes = std::vector<Route>;

}  // namespace dakiya::api
