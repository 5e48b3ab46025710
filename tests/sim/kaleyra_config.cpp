#include "kaleyra_config.hpp"

namespace sim {

const char* const kaleyra_defaults = R"json({
  "sid": "HXIN1700000000IN", "api_key": "A0123456789simKaleyraKey", "webhook_url": "", "senders": ["MYSHOP"],
  "dlt_templates": ["1107160000000000001"], "profiles": ["IN_profile_1"],
  "whatsapp_number": "919800000001", "waba_id": "123456789", "whatsapp_templates": ["order_update"],
  "rate": {"per_second": 0, "burst": 0}
})json";

KaleyraConfig read_kaleyra(Fields& fields, Fault& fault) {
    KaleyraConfig config;
    config.sid = fields.text("sid", Fields::required);
    config.api_key = fields.text("api_key", Fields::required);
    config.webhook_url = fields.text("webhook_url", Fields::required, 2000, 0);
    config.whatsapp_number = fields.text("whatsapp_number", Fields::required);
    config.waba_id = fields.text("waba_id", Fields::required);
    config.senders = read_texts(fields, "senders");
    config.dlt_templates = read_texts(fields, "dlt_templates");
    config.profiles = read_texts(fields, "profiles");
    config.whatsapp_templates = read_texts(fields, "whatsapp_templates");
    config.rate = read_rate(fields, fault);
    return config;
}

}  // namespace sim
