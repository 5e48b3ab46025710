// Meta's error answers. Source: developers.facebook.com/docs/whatsapp/cloud-api/support/error-codes.
#pragma once

#include "http.hpp"

#include <string>
#include <string_view>

namespace sim {

// The title of a code, as webhooks and answers give it.
std::string meta_error_title(int code);

Reply meta_error(int code, std::string_view details, std::string_view trace_id);

}  // namespace sim
