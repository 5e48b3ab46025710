#include "gupshup_config.hpp"

namespace sim {

using dakiya::Json;

const char* const gupshup_defaults = R"json({
  "api_key": "sk_sim_gupshup_0a1b2c3d4e5f", "app_name": "AcmeApp",
  "app_id": "a1b2c3d4-0000-4000-8000-1234567890ab", "source": "15550783881", "webhook_url": "",
  "rate": {"per_second": 0, "burst": 0},
  "templates": [
    {"id": "c6aecef6-bcb0-4fb1-8100-28c094e3bc6b", "elementName": "order_update", "languageCode": "en_US",
     "category": "UTILITY", "templateType": "TEXT", "status": "APPROVED", "quality": "GREEN",
     "containerMeta": {"data": "Hi {{1}}, order {{2}} shipped.", "header": "", "footer": "Acme", "buttons": []}},
    {"id": "c6aecef6-bcb0-4fb1-8100-28c094e3bc6c", "elementName": "sale", "languageCode": "en_US",
     "category": "MARKETING", "templateType": "IMAGE", "status": "APPROVED", "quality": "",
     "containerMeta": {"data": "Hi {{1}}, today only.", "header": "", "footer": "",
       "buttons": [{"type": "URL", "text": "Shop", "url": "https://x.example/{{1}}"},
                   {"type": "QUICK_REPLY", "text": "Stop"}]}},
    {"id": "c6aecef6-bcb0-4fb1-8100-28c094e3bc6d", "elementName": "old_offer", "languageCode": "en_US",
     "category": "MARKETING", "templateType": "TEXT", "status": "DESACTIVATED", "quality": "RED",
     "containerMeta": {"data": "Old", "header": "", "footer": "", "buttons": []}}
  ],
  "sms_userid": "2000123456", "sms_password": "sim-sms-password&1", "masks": ["ACMEIN"],
  "entity_id": "1101234567890123456",
  "sms_templates": [{"id": "1107161234567890123", "text": "Hi {#var#}, order {#var#} shipped. -ACME"}]
})json";

Json gupshup_components(const Json& made) {
    const Json& meta = made["containerMeta"];
    const std::string type = made.value("templateType", "TEXT");
    Json components = Json::array();
    if (type != "TEXT") components.push_back({{"type", "HEADER"}, {"format", type}});
    components.push_back({{"type", "BODY"}, {"text", meta["data"]}});
    components.push_back({{"type", "BUTTONS"}, {"buttons", meta["buttons"]}});
    return components;
}

Json gupshup_listed(const Json& made, const std::string& app_id) {
    Json item = made;
    item.set("containerMeta", made["containerMeta"].dump());
    item.set("appId", app_id);
    item.set("oldCategory", nullptr);
    item.set("reason", "");
    return item;
}

GupshupConfig read_gupshup(Fields& fields, Fault& fault) {
    GupshupConfig config;
    config.api_key = fields.text("api_key", Fields::required);
    config.app_name = fields.text("app_name", Fields::required);
    config.app_id = fields.text("app_id", Fields::required);
    config.source = fields.text("source", Fields::required);
    config.webhook_url = fields.text("webhook_url", Fields::required, 2000, 0);
    config.sms_userid = fields.text("sms_userid", Fields::required);
    config.sms_password = fields.text("sms_password", Fields::required);
    config.entity_id = fields.text("entity_id", Fields::required);
    config.masks = read_texts(fields, "masks");
    config.rate = read_rate(fields, fault);
    if (const Json* list = fields.list("templates", Fields::required, 10'000, 0)) {
        config.templates = *list;
        for (const Json& made : *list)
            config.shapes[made.value("id", "")] =
                shape_of({{"status", made["status"]}, {"components", gupshup_components(made)}});
    }
    if (const Json* list = fields.list("sms_templates", Fields::required, 1000, 0)) {
        int index = 0;
        for (const Json& item : *list) {
            Fields made(item, &fields, "sms_templates", fault, index++);
            const std::string id(made.text("id", Fields::required));
            config.sms_templates[id] = made.text("text", Fields::required);
            made.finish();
        }
    }
    return config;
}

}  // namespace sim
