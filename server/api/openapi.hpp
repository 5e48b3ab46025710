// The OpenAPI 3.1 document, made from the route table and nothing else.
#pragma once

#include "api/route.hpp"

namespace dakiya::api {

Json openapi(const Routes& routes, std::string_view version);

}  // namespace dakiya::api
