#include "wati_config.hpp"

namespace sim {

using dakiya::Json;

const char* const wati_defaults = R"json({
  "api_token": "eyJhbGciOiJIUzI1NiJ9.sim-wati.token0001", "tenant_id": "123456",
  "phone_number": "15550001111", "webhook_url": "", "channels": ["15550002222"],
  "rate": {"per_second": 0, "burst": 0},
  "templates": [
    {"id": "66c000000000000000000001", "name": "order_update", "category": "UTILITY", "sub_category": "STANDARD",
     "status": "APPROVED", "language_option": {"key": "English", "value": "en", "text": "English"}, "type": "template",
     "header": null, "body": "Hi {{name}}, order {{order_no}} shipped.", "body_original": "Hi {{1}}, order {{2}} shipped.",
     "footer": null, "quality": "GREEN",
     "buttons": [{"type": "url", "parameter": {"text": "Track", "url": "https://shop.example/{{track}}",
       "url_original": "https://shop.example/{{1}}", "url_type": "dynamic",
       "button_param_mapping": {"index": 0, "param_name": "track"}}}],
     "custom_params": [{"name": "name", "value": "Sam"}, {"name": "order_no", "value": "A-77"},
                       {"name": "track", "value": "A-77"}]},
    {"id": "66c000000000000000000002", "name": "sale", "category": "MARKETING", "sub_category": "STANDARD",
     "status": "PAUSED", "language_option": {"key": "English", "value": "en", "text": "English"}, "type": "template",
     "header": null, "body": "Sale!", "body_original": "Sale!", "footer": null, "quality": "RED", "buttons": [],
     "custom_params": []}
  ]
})json";

WatiConfig read_wati(Fields& fields, Fault& fault) {
    WatiConfig config;
    config.api_token = fields.text("api_token", Fields::required);
    config.tenant_id = fields.text("tenant_id", Fields::required, 12);
    config.phone_number = fields.text("phone_number", Fields::required, 15);
    config.webhook_url = fields.text("webhook_url", Fields::required, 2000, 0);
    config.channels = read_texts(fields, "channels");
    config.rate = read_rate(fields, fault);
    if (const Json* list = fields.list("templates", Fields::required, 10'000, 0)) {
        config.templates = *list;
        int index = 0;
        for (const Json& made : *list) {
            Fields item(made, &fields, "templates", fault, index++);
            item.text("name", Fields::required, 512);
            item.text("status", Fields::required, 32);
            item.list("custom_params", Fields::required, 100, 0);
        }
    }
    return config;
}

}  // namespace sim
