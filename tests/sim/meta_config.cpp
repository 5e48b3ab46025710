#include "meta_config.hpp"

namespace sim {

using dakiya::Json;

const char* const meta_defaults = R"json({
  "access_token": "sim-meta-token", "phone_number_id": "106540352242922", "waba_id": "102290129340398",
  "app_id": "670843887433847", "app_secret": "sim-app-secret", "verify_token": "sim-verify-token",
  "display_phone_number": "15550783881", "webhook_url": "",
  "rate": {"per_second": 0, "burst": 0},
  "templates": [
    {"id": "594425479261001", "name": "hello_world", "language": "en_US", "status": "APPROVED",
     "category": "UTILITY", "components": [{"type": "BODY", "text": "Hello World"}]},
    {"id": "594425479261002", "name": "order_update", "language": "en_US", "status": "APPROVED",
     "category": "UTILITY", "components": [
       {"type": "BODY", "text": "Hi {{1}}, order {{2}} shipped."}, {"type": "FOOTER", "text": "Acme Ltd"}]},
    {"id": "594425479261003", "name": "sale", "language": "en_US", "status": "APPROVED",
     "category": "MARKETING", "components": [
       {"type": "HEADER", "format": "IMAGE"}, {"type": "BODY", "text": "Hi {{1}}, today only."},
       {"type": "BUTTONS", "buttons": [{"type": "URL", "text": "Shop", "url": "https://x.example/{{1}}"},
                                       {"type": "QUICK_REPLY", "text": "Stop"}]}]},
    {"id": "594425479261004", "name": "old_offer", "language": "en_US", "status": "PAUSED",
     "category": "MARKETING", "components": [{"type": "BODY", "text": "Old"}]}
  ]
})json";

MetaConfig read_meta(Fields& fields, Fault& fault) {
    MetaConfig meta;
    meta.access_token = fields.text("access_token", Fields::required);
    meta.phone_number_id = fields.text("phone_number_id", Fields::required);
    meta.waba_id = fields.text("waba_id", Fields::required);
    meta.app_id = fields.text("app_id", Fields::required);
    meta.app_secret = fields.text("app_secret", Fields::required);
    meta.verify_token = fields.text("verify_token", Fields::required);
    meta.display_phone_number = fields.text("display_phone_number", Fields::required);
    meta.webhook_url = fields.text("webhook_url", Fields::required, 2000, 0);
    meta.rate = read_rate(fields, fault);
    if (const Json* list = fields.list("templates", Fields::required, 10'000, 0)) {
        meta.templates = *list;
        meta.shapes = shapes_of(*list);
    }
    return meta;
}

}  // namespace sim
