// Templates. SMS templates are read one by one, because MSG91 documents no list of them; they are made in
// the panel, where DLT's data belong. WhatsApp templates are listed, made and deleted.
// Not documented in public; calls and fields are those of github.com/amtariksha/whatsapp-msg91.
#ifndef DAKIYA_MSG91_TEMPLATES_HPP
#define DAKIYA_MSG91_TEMPLATES_HPP

#include "account.hpp"

namespace msg91 {

dakiya::Next list_templates(const Account& account, const dakiya::Turn& turn);
dakiya::Next create_template(const Account& account, const dakiya::Turn& turn);
dakiya::Next delete_template(const Account& account, const dakiya::Turn& turn);

// GET /flows/{id}; the answer as a template record, in the language "und": MSG91 does not tell it.
dakiya::Http ask_sms_template(const Account& account, const std::string& id);
dakiya::Json read_sms_template(const std::string& id, const dakiya::Json& body);

}  // namespace msg91

#endif
