// Templates: Twilio's Content resources. https://www.twilio.com/docs/content/content-api-resources
#ifndef DAKIYA_TWILIO_CONTENT_HPP
#define DAKIYA_TWILIO_CONTENT_HPP

#include "account.hpp"
#include "dakiya/provider.hpp"

namespace twilio {

dakiya::Next list_templates(const Account& account, const dakiya::Turn& turn);
// Makes the resource, then hands it to WhatsApp for approval.
dakiya::Next create_template(const Account& account, const dakiya::Turn& turn);
dakiya::Next delete_template(const Account& account, const dakiya::Turn& turn);

}  // namespace twilio

#endif
