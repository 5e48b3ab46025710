#include "twofactor_config.hpp"

namespace sim {

using dakiya::Json;

const char* const twofactor_defaults = R"json({
  "api_key": "0a1b2c3d-4e5f-11f0-8a1b-0200cd936042", "webhook_url": "", "senders": ["ACMEIN"],
  "templates": [{"name": "order_update", "variables": 2}], "otp_templates": ["login code"],
  "rate": {"per_second": 0, "burst": 0}
})json";

TwoFactorConfig read_twofactor(Fields& fields, Fault& fault) {
    TwoFactorConfig config;
    config.api_key = fields.text("api_key", Fields::required);
    config.webhook_url = fields.text("webhook_url", Fields::required, 2000, 0);
    config.senders = read_texts(fields, "senders");
    config.otp_templates = read_texts(fields, "otp_templates");
    config.rate = read_rate(fields, fault);
    if (const Json* list = fields.list("templates", Fields::required, 1000, 0)) {
        int index = 0;
        for (const Json& item : *list) {
            Fields made(item, &fields, "templates", fault, index++);
            const std::string name(made.text("name", Fields::required));
            config.templates[name] = made.whole("variables", 0, 0, 20);
            made.finish();
        }
    }
    return config;
}

}  // namespace sim
