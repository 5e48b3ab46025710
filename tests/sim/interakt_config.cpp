#include "interakt_config.hpp"

namespace sim {

using dakiya::Json;

// The names are code names, with the ending that Interakt adds to what people call a template.
const char* const interakt_defaults = R"json({
  "api_key": "c2ltLWludGVyYWt0LWtleTo=", "webhook_secret": "sim-interakt-webhook-secret",
  "channel_phone_number": "919800000000", "webhook_url": "",
  "rate": {"per_second": 0, "burst": 0},
  "templates": [
    {"id": "7e1a0001", "name": "order_update_x1", "language": "en", "status": "APPROVED",
     "category": "UTILITY", "components": [
       {"type": "BODY", "text": "Hi {{1}}, order {{2}} shipped."}, {"type": "FOOTER", "text": "Acme Ltd"}]},
    {"id": "7e1a0002", "name": "sale_x2", "language": "en", "status": "APPROVED",
     "category": "MARKETING", "components": [
       {"type": "HEADER", "format": "IMAGE"}, {"type": "BODY", "text": "Hi {{1}}, today only."},
       {"type": "BUTTONS", "buttons": [{"type": "QUICK_REPLY", "text": "Stop"},
                                       {"type": "URL", "text": "Shop", "url": "https://x.example/{{1}}"}]}]},
    {"id": "7e1a0003", "name": "fresh_x3", "language": "en", "status": "WAITING",
     "category": "UTILITY", "components": [{"type": "BODY", "text": "New"}]}
  ]
})json";

InteraktConfig read_interakt(Fields& fields, Fault& fault) {
    InteraktConfig config;
    config.api_key = fields.text("api_key", Fields::required);
    config.webhook_secret = fields.text("webhook_secret", Fields::required);
    config.channel_phone_number = fields.text("channel_phone_number", Fields::required);
    config.webhook_url = fields.text("webhook_url", Fields::required, 2000, 0);
    config.rate = read_rate(fields, fault);
    if (const Json* list = fields.list("templates", Fields::required, 10'000, 0)) {
        config.templates = *list;
        config.shapes = shapes_of(*list);
    }
    return config;
}

}  // namespace sim
