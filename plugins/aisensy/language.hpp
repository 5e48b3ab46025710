// AiSensy writes languages by their English names; everybody else uses Meta's codes.
// https://developers.facebook.com/documentation/business-messaging/whatsapp/templates/supported-languages
#ifndef DAKIYA_AISENSY_LANGUAGE_HPP
#define DAKIYA_AISENSY_LANGUAGE_HPP

#include <string>

namespace aisensy {

// "English (US)" → "en_US". A code stays as it is, and so does a name that is not known.
std::string language_code(const std::string& name);
// "en_US" → "English (US)"; empty when the code is not known.
std::string language_name(const std::string& code);
// "en", "en_US".
bool is_language_code(const std::string& text);

}  // namespace aisensy

#endif
