#include "accounts.hpp"

#include <Poco/Net/ServerSocket.h>

namespace blackbox {

int free_port() { return Poco::Net::ServerSocket(Poco::Net::SocketAddress("127.0.0.1", 0)).address().port(); }

Json settings_for(const std::string& provider) {
    if (provider == "meta")
        return Json{{"access_token", "sim-meta-token-that-is-secret"},
                    {"phone_number_id", "106540352242922"},
                    {"waba_id", "102290129340398"},
                    {"app_secret", "sim-app-secret"},
                    {"verify_token", "sim-verify-token"}};
    if (provider == "twilio")
        return Json{{"account_sid", "AC00000000000000000000000000000001"},
                    {"auth_token", "0123456789abcdef0123456789abcdef"},
                    {"from_sms", "+15550100001"},
                    {"from_whatsapp", "+14155238886"}};
    if (provider == "msg91")
        return Json{{"authkey", "270001ASimAuthKey"},
                    {"sender", "ACMEIN"},
                    {"sms_templates", Json::array({"64f0aa11bb22cc33dd44ee55"})},
                    {"integrated_number", "919800000001"}};
    return Json::object();
}

Json webhook_setting(const std::string& provider, const std::string& url) {
    Json setting = Json::object();
    if (provider == "meta" || provider == "msg91") setting.set(provider, Json{{"webhook_url", url}});
    if (provider == "twilio") setting.set(provider, Json{{"inbound_url", url}});
    return setting;
}

std::map<std::string, std::string> simulator_settings(
    const std::function<int(const std::string& provider)>& port_of) {
    const auto local = [&](const char* provider) {
        return "http://127.0.0.1:" + std::to_string(port_of(provider));
    };
    std::map<std::string, std::string> settings = {
        {"net.allow", "127.0.0.1"},
        {"net.origin.https://graph.facebook.com", local("meta")},
        {"net.origin.https://control.msg91.com", local("msg91")},
        {"limits.meta.send", "5000"},
        {"limits.meta.manage", "1000"},
        {"limits.twilio.send", "5000"},
        {"limits.msg91.default", "1000"},
    };
    for (const char* host : {"api", "content", "messaging"})
        settings["net.origin.https://" + std::string(host) + ".twilio.com"] = local("twilio");
    return settings;
}

Json order_update(const std::string& language) {
    return Json{{"kind", "template"},
                {"template", Json{{"name", "order_update"}, {"language", language}}},
                {"variables", Json{{"1", "{{name|there}}"}, {"2", "{{order}}"}}}};
}

}  // namespace blackbox
