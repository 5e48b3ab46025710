// The `message` of a free-form WhatsApp message, within 24 hours of the person's last one.
// https://docs.gupshup.io/docs/message-types (POST /wa/api/v1/msg)
#ifndef DAKIYA_GUPSHUP_SESSION_HPP
#define DAKIYA_GUPSHUP_SESSION_HPP

#include <string_view>

#include "dakiya/provider.hpp"

namespace gupshup {

// handle: of the upload when the media was a file of ours, else empty. Throws waba::Refused for what WhatsApp
// would not take and for what this API has no form for.
dakiya::Json session_message(const dakiya::Send& in, const dakiya::Recipient& to, std::string_view handle);

}  // namespace gupshup

#endif
