// One tenant's Kaleyra account as the settings describe it, and requests to it.
// https://developers.kaleyra.io/docs
#ifndef DAKIYA_KALEYRA_ACCOUNT_HPP
#define DAKIYA_KALEYRA_ACCOUNT_HPP

#include <string>
#include <string_view>
#include <vector>

#include "dakiya/phone.hpp"
#include "dakiya/provider.hpp"

namespace kaleyra {

// A text registered on DLT, entered by hand: Kaleyra lists none.
struct SmsTemplate {
    std::string name, dlt_id, text;  // variables as {{1}}, {{2}} …
};

struct Account {
    explicit Account(const dakiya::Settings& settings);

    // path: "/v1/…"; the account's SID belongs in it. The key goes in a header: in the query, where Kaleyra
    // takes it too, it would end in access logs.
    dakiya::Http get(std::string_view path) const;
    dakiya::Http post(std::string_view path) const;
    dakiya::Http del(std::string_view path) const;

    // "/v1/{sid}{rest}", "/v2/{sid}{rest}"
    std::string v1(std::string_view rest) const;
    std::string v2(std::string_view rest) const;
    // North America has the newer SMS calls only (".../sms" for ".../messages").
    bool only_sms_calls() const { return host == "api.na.kaleyra.ai"; }
    bool whatsapp_v2() const { return whatsapp_api == "v2"; }

    std::string sid, key, host, sender, sms_type, entity_id;
    std::string whatsapp_api, number, waba_id, language_field;
    std::string sms_profile, whatsapp_profile;  // callback profiles
    std::string hook_user, hook_password, hook_header;
    std::vector<SmsTemplate> sms_templates;
    std::vector<std::string> whatsapp_templates;  // "name:language" or "name:language:values"

private:
    dakiya::Http authorised(dakiya::Http http) const;
};

}  // namespace kaleyra

#endif
