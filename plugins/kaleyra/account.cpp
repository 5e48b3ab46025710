#include "account.hpp"

#include "dakiya/phone.hpp"
#include "dakiya/sms.hpp"
#include "dakiya/waba/limits.hpp"

namespace kaleyra {

using namespace dakiya;

namespace {

// The SID's last letters name the region too, but accounts of India answer on the global host as well.
std::string host_of(const Settings& settings) {
    if (const auto host = settings.optional("api_host")) return *host;
    const std::string region = settings.text("region", "in");
    if (region == "sg") return "api.kaleyra.io";
    if (region == "ap") return "api.ap.kaleyra.io";
    if (region == "eu") return "api.eu.kaleyra.io";
    if (region == "na") return "api.na.kaleyra.ai";
    return "api.in.kaleyra.io";
}

std::vector<SmsTemplate> read_templates(const Json& entered) {
    std::vector<SmsTemplate> templates;
    for (const Json& one : entered)
        templates.push_back(
            {one.at("name"), one.at("dlt_template_id"), sms::numbered(one.at("text").text())});
    return templates;
}

}  // namespace

Account::Account(const Settings& settings)
    : sid(settings.text("sid")),
      key(settings.text("api_key")),
      host(host_of(settings)),
      sender(settings.text("sender_id", "")),
      sms_type(settings.text("sms_type", "TXN")),
      entity_id(settings.text("entity_id", "")),
      whatsapp_api(settings.text("whatsapp_api", "v2")),
      number(digits_of(settings.text("whatsapp_number", ""))),
      waba_id(settings.text("waba_id", "")),
      language_field(settings.text("whatsapp_language_field", "lang_code")),
      sms_profile(settings.text("sms_callback_profile_id", "")),
      whatsapp_profile(settings.text("whatsapp_callback_profile_id", "")),
      hook_user(settings.text("webhook_user", "")),
      hook_password(settings.text("webhook_password", "")),
      hook_header(settings.text("webhook_header", "")),
      sms_templates(read_templates(settings.json()["sms_templates"])),
      whatsapp_templates(settings.list("whatsapp_templates")) {
    if (hook_user.empty() != hook_password.empty())
        throw Fault(DK_BAD_INPUT,
                    "the callback profile's user name and password belong together: fill in both or neither");
}

Http Account::authorised(Http http) const { return http.secret_header("api-key", key).limit("manage"); }

Http Account::get(std::string_view path) const {
    return authorised(Http::get("https://" + host + std::string(path)));
}
Http Account::post(std::string_view path) const {
    return authorised(Http::post("https://" + host + std::string(path)));
}
Http Account::del(std::string_view path) const {
    return authorised(Http::del("https://" + host + std::string(path)));
}

std::string Account::v1(std::string_view rest) const { return "/v1/" + percent(sid) + std::string(rest); }
std::string Account::v2(std::string_view rest) const { return "/v2/" + percent(sid) + std::string(rest); }

}  // namespace kaleyra
