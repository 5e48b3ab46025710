#include "account.hpp"

#include "dakiya/sms.hpp"
#include "dakiya/waba.hpp"

namespace gupshup {

using dakiya::Fault;
using dakiya::Http;
using dakiya::Json;
using dakiya::Settings;

Account::Account(const Settings& settings)
    : partner(settings.text("console", "self_serve") == "partner"),
      api_key(settings.text("api_key", "")),
      app_name(settings.text("app_name", "")),
      app_id(settings.text("app_id", "")),
      source(settings.text("source", "")),
      app_token(settings.text("app_token", "")),
      partner_email(settings.text("partner_email", "")),
      partner_secret(settings.text("partner_client_secret", "")),
      sms_userid(settings.text("sms_userid", "")),
      sms_password(settings.text("sms_password", "")),
      sms_mask(settings.text("sms_mask", "")),
      entity_id(settings.text("principal_entity_id", "")) {
    for (const Json& item : settings.json()["sms_templates"])
        sms_templates.push_back({item.at("name").text(), dakiya::sms::numbered(item.at("text").text()),
                                 item.at("dlt_template_id").text(), item.value("sender", "")});
    if (!has_whatsapp() && !has_sms())
        throw Fault(
            DK_BAD_INPUT,
            partner ? "enter the app token or the partner login, or the SMS account: this connection has none"
                    : "enter the WhatsApp API key, or the SMS account: this connection has neither");
    if (logs_in() && partner_secret.empty())
        throw Fault(DK_BAD_INPUT, "setting \"partner_client_secret\" is missing");
    if (logs_in() && app_id.empty()) throw Fault(DK_BAD_INPUT, "setting \"app_id\" is missing");
    if (has_sms() && sms_password.empty()) throw Fault(DK_BAD_INPUT, "setting \"sms_password\" is missing");
}

Http Account::self_serve(Http http) const {
    return http.secret_header("apikey", api_key).header("accept", "application/json");
}

Http Account::with_token(Http http) const {
    return http.secret_header("authorization", app_token).header("accept", "application/json");
}

std::string Account::app_url(std::string_view path) const {
    const char* base = partner ? "https://partner.gupshup.io/partner/app/" : "https://api.gupshup.io/wa/app/";
    return base + dakiya::percent(app_id) + std::string(path);
}

void Account::require_partner(const char* what) const {
    if (partner) return require_app();
    throw Fault(DK_BAD_INPUT,
                std::string(what) + " is not offered by Gupshup's self-serve API: use its console");
}

void Account::require_app() const {
    if (!has_whatsapp()) throw Fault(DK_BAD_INPUT, "this connection has no WhatsApp account in its settings");
    if (app_id.empty()) throw Fault(DK_BAD_INPUT, "enter the app ID in the connection's settings");
}

std::string digits_of(std::string_view address) {
    return dakiya::waba::is_phone(address) ? std::string(address.substr(1)) : std::string();
}

}  // namespace gupshup
