// From the bytes of a request to values that passed their schema. Everything unknown is refused by name.
#pragma once

#include <variant>
#include <vector>

#include "api/route.hpp"

namespace dakiya::api {

using Findings = std::vector<Error>;

// The query as an object: text becomes what the schema says (integer, boolean), then it is validated.
std::variant<Json, Findings> read_query(const Request& request, const Json& schema);

// The body as JSON. A body that is not JSON has one finding with status 400 (Code::invalid, field "").
struct BadSyntax {
    int status;
    std::string_view code;
    Error error;
};
std::variant<Json, Findings, BadSyntax> read_body(Request& request, const Route& route);

// Brings a body that was kept in a file into memory.
void load_body(Request& request);

}  // namespace dakiya::api
