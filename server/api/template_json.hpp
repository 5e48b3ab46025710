// Templates as the API shows them.
#pragma once

#include "dakiya/json.hpp"
#include "store/templates.hpp"

namespace dakiya::api {

Json to_json(const store::Template& row);
Json template_schema();

}  // namespace dakiya::api
