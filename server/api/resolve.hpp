// POST /v1/messages/{message}/resolve: a person says what became of an uncertain message.
#pragma once

#include "api/route.hpp"
#include "api/services.hpp"

namespace dakiya::api {

Route resolve_route(Services& services);

}  // namespace dakiya::api
