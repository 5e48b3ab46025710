// One tenant's Gupshup accounts as the settings describe them, and requests to them. Gupshup is several
// products whose keys are not interchangeable: WhatsApp in its own console ("self_serve") or through a
// partner
// ("partner"), and the enterprise SMS gateway.
#ifndef DAKIYA_GUPSHUP_ACCOUNT_HPP
#define DAKIYA_GUPSHUP_ACCOUNT_HPP

#include <string>
#include <string_view>
#include <vector>

#include "dakiya/phone.hpp"
#include "dakiya/provider.hpp"

namespace gupshup {

struct SmsTemplate {
    std::string name, text, dlt_id, sender;  // the text has {{1}}, {{2}}, …
};

struct Account {
    explicit Account(const dakiya::Settings& settings);

    bool has_whatsapp() const { return partner ? !app_token.empty() || logs_in() : !api_key.empty(); }
    // The app's token comes from a login (login.hpp), not from the settings.
    bool logs_in() const { return partner && !partner_email.empty(); }
    bool has_sms() const { return !sms_userid.empty(); }

    // Below https://api.gupshup.io/wa, with the key in the header `apikey`.
    dakiya::Http self_serve(dakiya::Http http) const;
    // Below https://partner.gupshup.io/partner/app/{appId}, with the app's token and no "Bearer".
    dakiya::Http with_token(dakiya::Http http) const;
    // "/template" → https://api.gupshup.io/wa/app/{appId}/template, or the partner's address of that path.
    std::string app_url(std::string_view path) const;

    // Throws Fault that says which setting is missing.
    void require_partner(const char* what) const;
    void require_app() const;

    bool partner;
    std::string api_key, app_name, app_id, source, app_token, partner_email, partner_secret;
    std::string sms_userid, sms_password, sms_mask, entity_id;
    std::vector<SmsTemplate> sms_templates;
};

// "+14155550100" → "14155550100", as Gupshup writes numbers; "" for what is none.
std::string digits_of(std::string_view address);

}  // namespace gupshup

#endif
