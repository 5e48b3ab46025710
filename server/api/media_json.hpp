// How the API shows files.
#pragma once

#include "dakiya/json.hpp"
#include "store/media.hpp"
#include "store/media_fetches.hpp"

namespace dakiya::api {

Json to_json(const store::Media& media);
Json media_schema();

// The file of an inbound message: which one it is, or why it is not here.
Json to_json(const store::media_fetches::View& view);

}  // namespace dakiya::api
