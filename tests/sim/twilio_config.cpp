#include "twilio_config.hpp"

namespace sim {

using dakiya::Json;

const char* const twilio_defaults = R"json({
  "account_sid": "AC00000000000000000000000000000001", "auth_token": "0123456789abcdef0123456789abcdef",
  "api_key_sid": "", "api_key_secret": "",
  "messaging_service_sid": "MG00000000000000000000000000000009",
  "senders": ["+15550100001", "+14155238886", "ACME"], "inbound_url": "",
  "rate": {"per_second": 0, "burst": 0},
  "contents": [
    {"sid": "HX00000000000000000000000000000001", "friendly_name": "order_update_en", "language": "en",
     "variables": {"1": "Asha", "2": "ORD-7"},
     "types": {"twilio/text": {"body": "Hi {{1}}, order {{2}} is on its way."}},
     "approval_requests": {"type": "whatsapp", "name": "order_update", "category": "UTILITY",
                           "content_type": "twilio/text", "status": "approved", "rejection_reason": "",
                           "allow_category_change": true}},
    {"sid": "HX00000000000000000000000000000002", "friendly_name": "hello_en", "language": "en",
     "variables": {}, "types": {"twilio/text": {"body": "Hello"}},
     "approval_requests": {"type": "whatsapp", "name": "hello", "category": "UTILITY",
                           "content_type": "twilio/text", "status": "approved", "rejection_reason": "",
                           "allow_category_change": true}}
  ]
})json";

TwilioConfig read_twilio(Fields& fields, Fault& fault) {
    TwilioConfig twilio;
    twilio.account_sid = fields.text("account_sid", Fields::required, 34, 34);
    twilio.auth_token = fields.text("auth_token", Fields::required);
    twilio.api_key_sid = fields.text("api_key_sid", Fields::required, 34, 0);
    twilio.api_key_secret = fields.text("api_key_secret", Fields::required, 4096, 0);
    twilio.messaging_service_sid = fields.text("messaging_service_sid", Fields::required, 34, 0);
    twilio.inbound_url = fields.text("inbound_url", Fields::required, 2000, 0);
    twilio.senders = read_texts(fields, "senders");
    twilio.rate = read_rate(fields, fault);
    if (const Json* list = fields.list("contents", Fields::required, 10'000, 0)) {
        twilio.contents = *list;
        int index = 0;
        for (const Json& made : *list) {
            Fields content(made, &fields, "contents", fault, index++);
            content.text("sid", Fields::required, 34, 34);
            content.object("variables", Fields::required);
            if (const Json* approval = content.object("approval_requests", Fields::required))
                Fields(*approval, &content, "approval_requests", fault).text("status", Fields::required);
        }
    }
    return twilio;
}

}  // namespace sim
