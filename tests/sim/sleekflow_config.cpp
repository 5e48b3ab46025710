#include "sleekflow_config.hpp"

namespace sim {

using dakiya::Json;

const char* const sleekflow_defaults = R"json({
  "api_key": "sim-sleekflow-api-key", "channel_number": "85250000000", "webhook_url": "",
  "webhook_secret": "sim-sleekflow-webhook-secret",
  "rate": {"per_second": 0, "burst": 0},
  "templates": [
    {"id": "594425479261002", "name": "order_update", "language": "en", "status": "APPROVED",
     "category": "UTILITY", "components": [
       {"type": "BODY", "text": "Hi {{1}}, order {{2}} shipped."}, {"type": "FOOTER", "text": "Acme Ltd"}]},
    {"id": "594425479261003", "name": "sale", "language": "en", "status": "APPROVED",
     "category": "MARKETING", "components": [
       {"type": "HEADER", "format": "IMAGE"}, {"type": "BODY", "text": "Hi {{1}}, today only."},
       {"type": "BUTTONS", "buttons": [{"type": "URL", "text": "Shop", "url": "https://x.example/{{1}}"}]}]},
    {"id": "594425479261004", "name": "old_offer", "language": "en", "status": "PAUSED",
     "category": "MARKETING", "components": [{"type": "BODY", "text": "Old"}]}
  ]
})json";

SleekFlowConfig read_sleekflow(Fields& fields, Fault& fault) {
    SleekFlowConfig config;
    config.api_key = fields.text("api_key", Fields::required);
    config.channel_number = fields.text("channel_number", Fields::required);
    config.webhook_url = fields.text("webhook_url", Fields::required, 2000, 0);
    config.webhook_secret = fields.text("webhook_secret", Fields::required, 200, 0);
    config.rate = read_rate(fields, fault);
    if (const Json* list = fields.list("templates", Fields::required, 10'000, 0)) {
        config.templates = *list;
        config.shapes = shapes_of(*list);
    }
    return config;
}

}  // namespace sim
