// What a provider's template needs from us, read from its components in the shape of the WhatsApp
// Cloud API (https://developers.facebook.com/docs/whatsapp/business-management-api/message-templates).
#pragma once

#include <string>
#include <vector>

#include "base/result.hpp"
#include "dakiya/json.hpp"
#include "domain/content.hpp"

namespace dakiya::domain {

// The variables of a template, in order, without repeats:
//   "1" or a name       a variable of the body
//   "header"            the variable of a text header
//   "header.url"        the media of an image, video or document header
//   "button.<index>"    URL suffix, coupon code or one-time code of that button, counted from 0
// Components that are null or an empty array need nothing. Code::unsupported for parts that we cannot fill
// (location headers, carousels), Code::invalid for components of another shape.
Result<std::vector<std::string>> template_variables(const Json& components);

// Whether the content gives a value to every needed variable and to no other. "header.handle" (media that
// is already at the provider) or "header.media" (a file of ours) may stand for "header.url", and
// "header.filename" may come with either.
Result<void> check_variables(const std::vector<std::string>& needed, const Content& content);

}  // namespace dakiya::domain
