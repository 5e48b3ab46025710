#include "dialog360_config.hpp"

#include "text.hpp"

namespace sim {

using dakiya::Json;

// States are in small letters, as 360dialog lists them; two words are its own.
const char* const dialog360_defaults = R"json({
  "api_key": "sim-d360-api-key", "phone_number_id": "106540352242922", "waba_id": "102290129340398",
  "display_phone_number": "15550783881", "webhook_url": "",
  "webhook_header": "", "webhook_secret": "",
  "rate": {"per_second": 0, "burst": 0},
  "templates": [
    {"id": "594425479261002", "name": "order_update", "namespace": "aaaa1111_bbbb_2222", "language": "en",
     "status": "approved", "category": "UTILITY", "rejected_reason": "NONE", "components": [
       {"type": "BODY", "text": "Hi {{1}}, order {{2}} shipped."}, {"type": "FOOTER", "text": "Acme Ltd"}]},
    {"id": "594425479261003", "name": "sale", "language": "en", "status": "approved",
     "category": "MARKETING", "components": [
       {"type": "HEADER", "format": "IMAGE"}, {"type": "BODY", "text": "Hi {{1}}, today only."}]},
    {"id": "594425479261004", "name": "fresh", "language": "en", "status": "submitted",
     "category": "UTILITY", "components": [{"type": "BODY", "text": "New"}]}
  ]
})json";

namespace {

std::string upper(std::string word) {
    for (char& c : word)
        if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    return word;
}

}  // namespace

Dialog360Config read_dialog360(Fields& fields, Fault& fault) {
    Dialog360Config config;
    config.api_key = fields.text("api_key", Fields::required);
    config.header = fields.text("webhook_header", Fields::required, 200, 0);
    config.secret = fields.text("webhook_secret", Fields::required, 200, 0);
    MetaConfig& meta = config.meta;
    meta.phone_number_id = fields.text("phone_number_id", Fields::required);
    meta.waba_id = fields.text("waba_id", Fields::required);
    meta.display_phone_number = fields.text("display_phone_number", Fields::required);
    meta.webhook_url = fields.text("webhook_url", Fields::required, 2000, 0);
    meta.rate = read_rate(fields, fault);
    if (const Json* list = fields.list("templates", Fields::required, 10'000, 0)) {
        meta.templates = *list;
        meta.shapes = shapes_of(*list);
        for (auto& [name, shape] : meta.shapes) shape.status = upper(shape.status);
    }
    return config;
}

}  // namespace sim
