#include "messagebird_config.hpp"

namespace sim {

const char* const messagebird_defaults = R"json({
  "api_key": "bk_eu1_0123456789simBirdKey", "webhook_secret": "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD", "webhook_url": "",
  "senders": ["MyShop", "+14155550100"], "whatsapp_senders": ["+14155550100"],
  "sms_templates": ["bird_otp_verification"], "whatsapp_templates": ["order_update"],
  "rate": {"per_second": 0, "burst": 0}
})json";

MessageBirdConfig read_messagebird(Fields& fields, Fault& fault) {
    MessageBirdConfig config;
    config.api_key = fields.text("api_key", Fields::required);
    config.webhook_secret = fields.text("webhook_secret", Fields::required);
    config.webhook_url = fields.text("webhook_url", Fields::required, 2000, 0);
    config.senders = read_texts(fields, "senders");
    config.whatsapp_senders = read_texts(fields, "whatsapp_senders");
    config.sms_templates = read_texts(fields, "sms_templates");
    config.whatsapp_templates = read_texts(fields, "whatsapp_templates");
    config.rate = read_rate(fields, fault);
    return config;
}

}  // namespace sim
