// A new template: from the Cloud API's components to a Content resource, the other way round of
// components.hpp. https://www.twilio.com/docs/content/content-types-overview
#ifndef DAKIYA_TWILIO_DRAFT_HPP
#define DAKIYA_TWILIO_DRAFT_HPP

#include <string>

#include "dakiya/provider.hpp"

namespace twilio {

// The "types" and the "variables" (their examples) of POST /v1/Content.
struct Draft {
    dakiya::Json types, variables;
};

// The Cloud API numbers the variables of each part from 1, Twilio those of the whole template: the body keeps
// its numbers, the others come after. Throws Fault (BAD_INPUT) when a part cannot be made or a variable
// has no example, which WhatsApp wants.
Draft draft_content(const dakiya::Json& components, const std::string& category);

}  // namespace twilio

#endif
