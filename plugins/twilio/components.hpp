// Content resources as WhatsApp's template components, and what those take for one person.
// https://www.twilio.com/docs/content/content-types-overview
//
// Twilio numbers the variables of the whole template, the Cloud API those of each part. Our side names a
// value by its place ("1", "header", "button.0"), Twilio's by the variable that stands there, so listed
// components keep Twilio's names: BODY "Hi {{1}}", BUTTONS [{"url": "https://shop.example/{{2}}"}].
#ifndef DAKIYA_TWILIO_COMPONENTS_HPP
#define DAKIYA_TWILIO_COMPONENTS_HPP

#include "dakiya/provider.hpp"

namespace twilio {

// The components of a Content resource's "types". A type that the Cloud API has no shape for becomes a
// component of its own name, which the host does not send.
dakiya::Json components_of(const dakiya::Json& types);

// The names of the variables in listed components, in order, each once.
dakiya::Json variables_of(const dakiya::Json& components);

// The value of ContentVariables for one recipient; every variable has one. Throws Refused: a missing value
// would silently become the sample from the template's approval.
dakiya::Json template_values(const dakiya::Template& in, const dakiya::Recipient& to);

}  // namespace twilio

#endif
