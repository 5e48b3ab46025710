#include "aisensy_config.hpp"

namespace sim {

using dakiya::Json;

// The key is a JWT; its payload has the project's id.
const char* const aisensy_defaults = R"json({
  "api_key": "eyJhbGciOiJIUzI1NiJ9.eyJpZCI6IjYzNTNkYTJlMTUzYTE0N2I5OTFkZDgxMiJ9.sim-aisensy-0001",
  "project_id": "6353da2e153a147b991dd812", "project_password": "sim-project-password-0001",
  "webhook_url": "", "webhook_secret": "sim-webhook-secret-0001",
  "rate": {"per_second": 0, "burst": 0},
  "campaigns": [
    {"name": "order_update_live", "status": "LIVE", "params": 2},
    {"name": "invoice_live", "status": "LIVE", "params": 1, "media": true, "button": true},
    {"name": "old_sale", "status": "PAUSED", "params": 0}
  ],
  "templates": [
    {"id": "66c000000000000000000001", "name": "order_update", "label": "ORDERS", "category": "UTILITY",
     "type": "TEXT", "language": "English (US)", "text": "Hi {{1}}, order {{2}}", "sample_text": "Hi [Sam], order [A-77]",
     "message_action_type": "None", "call_to_action": [], "quick_replies": [], "header_type": "", "header_text": "",
     "footer_text": "", "status": "APPROVED", "rejected_reason": null, "total_parameters": 2}
  ]
})json";

AiSensyConfig read_aisensy(Fields& fields, Fault& fault) {
    AiSensyConfig config;
    config.api_key = fields.text("api_key", Fields::required);
    config.project_id = fields.text("project_id", Fields::required, 24, 24);
    config.project_password = fields.text("project_password", Fields::required);
    config.webhook_url = fields.text("webhook_url", Fields::required, 2000, 0);
    config.webhook_secret = fields.text("webhook_secret", Fields::required, 500, 0);
    config.rate = read_rate(fields, fault);
    if (const Json* list = fields.list("campaigns", Fields::required, 1000, 0)) {
        int index = 0;
        for (const Json& item : *list) {
            Fields made(item, &fields, "campaigns", fault, index++);
            AiSensyCampaign campaign;
            campaign.name = made.text("name", Fields::required, 200);
            campaign.status = made.text("status", Fields::required, 16);
            campaign.params = static_cast<std::size_t>(made.whole("params", 0, 0, 100));
            campaign.media = made.flag("media", false);
            campaign.button = made.flag("button", false);
            made.finish();
            config.campaigns.push_back(std::move(campaign));
        }
    }
    if (const Json* list = fields.list("templates", Fields::required, 1000, 0)) config.templates = *list;
    return config;
}

}  // namespace sim
