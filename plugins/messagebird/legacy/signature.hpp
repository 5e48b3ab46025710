// Is a webhook from MessageBird? The header MessageBird-Signature-JWT, or the one before it, which old
// accounts still get. https://developers.messagebird.com/api/#verifying-http-requests
#ifndef DAKIYA_MESSAGEBIRD_LEGACY_SIGNATURE_HPP
#define DAKIYA_MESSAGEBIRD_LEGACY_SIGNATURE_HPP

#include <string>

#include "dakiya/provider.hpp"

namespace messagebird::legacy {

// key: the signing key as it is written, which only looks like hex. Throws Fault (REJECTED).
void require_signature(const std::string& key, const dakiya::Inbound& in);

}  // namespace messagebird::legacy

#endif
