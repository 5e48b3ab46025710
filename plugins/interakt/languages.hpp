// Interakt names the language of a new template, where everybody else has its code.
#ifndef DAKIYA_INTERAKT_LANGUAGES_HPP
#define DAKIYA_INTERAKT_LANGUAGES_HPP

#include <string_view>

namespace interakt {

// "en_US" → "English (US)", as Meta spells it; empty when it is none of WhatsApp's languages.
// https://developers.facebook.com/documentation/business-messaging/whatsapp/templates/supported-languages
std::string_view language_name(std::string_view code);

}  // namespace interakt

#endif
