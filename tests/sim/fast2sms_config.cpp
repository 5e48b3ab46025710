#include "fast2sms_config.hpp"

namespace sim {

using dakiya::Json;

const char* const fast2sms_defaults = R"json({
  "api_key": "sim-fast2sms-key-0a1b2c3d4e5f", "webhook_url": "", "senders": ["ACMEIN"],
  "entity_id": "1101234567890123456", "rate": {"per_second": 0, "burst": 0},
  "templates": [
    {"message_id": 198607, "template_id": "1107161234567890123", "template_name": "order_update",
     "message": "Hi {#var#}, order {#var#} shipped. -ACME"}],
  "phone_number_id": "576012345678901", "waba_id": "999999999999001",
  "whatsapp_templates": [
    {"id": "1192339204654487", "name": "order_update", "language": "en_US", "status": "APPROVED",
     "category": "UTILITY", "components": [{"type": "BODY", "text": "Hi {{1}}, order {{2}} shipped."}]}]
})json";

Fast2SmsConfig read_fast2sms(Fields& fields, Fault& fault) {
    Fast2SmsConfig config;
    config.api_key = fields.text("api_key", Fields::required);
    config.webhook_url = fields.text("webhook_url", Fields::required, 2000, 0);
    config.entity_id = fields.text("entity_id", Fields::required);
    config.senders = read_texts(fields, "senders");
    config.rate = read_rate(fields, fault);
    if (const Json* list = fields.list("templates", Fields::required, 1000, 0)) {
        config.templates = *list;
        for (const Json& made : *list) {
            config.by_id[made["message_id"].scalar()] = made.value("message", "");
            config.by_dlt[made["template_id"].scalar()] = made.value("message", "");
        }
    }
    config.whatsapp.phone_number_id = fields.text("phone_number_id", Fields::required);
    config.whatsapp.waba_id = fields.text("waba_id", Fields::required);
    config.whatsapp.webhook_url = config.webhook_url;
    if (const Json* list = fields.list("whatsapp_templates", Fields::required, 1000, 0)) {
        config.whatsapp.templates = *list;
        config.whatsapp.shapes = shapes_of(*list);
    }
    return config;
}

}  // namespace sim
