#include "msg91_config.hpp"

namespace sim {

using dakiya::Json;

const char* const msg91_defaults = R"json({
  "authkey": "270001ASimAuthKey", "integrated_number": "919800000001", "webhook_url": "",
  "webhook_form": "new", "senders": ["ACMEIN"], "otp_templates": ["64f0aa11bb22cc33dd44ee66"],
  "rate": {"per_second": 0, "burst": 0},
  "templates": [{"id": "64f0aa11bb22cc33dd44ee55", "variables": ["name", "amount"]}],
  "whatsapp_templates": [
    {"name": "order_update", "category": "UTILITY", "languages": [
      {"language": "en", "status": "APPROVED", "id": "8801", "variables": ["body_1", "body_2"],
       "code": [{"type": "BODY", "text": "Hi {{1}}, order {{2}} shipped."}]}]}
  ]
})json";

namespace {

void check_whatsapp_template(const Json& made, const Fields& parent, int index, Fault& fault) {
    Fields fields(made, &parent, "whatsapp_templates", fault, index);
    fields.text("name", Fields::required, 512);
    const Json* languages = fields.list("languages", Fields::required);
    if (!languages) return;
    for (const Json& item : *languages) {
        Fields language(item, &fields, "languages", fault);
        language.text("language", Fields::required, 16);
        language.text("status", Fields::required, 32);
        read_texts(language, "variables");
    }
}

}  // namespace

Msg91Config read_msg91(Fields& fields, Fault& fault) {
    Msg91Config msg91;
    msg91.authkey = fields.text("authkey", Fields::required);
    msg91.integrated_number = fields.text("integrated_number", Fields::required);
    msg91.webhook_url = fields.text("webhook_url", Fields::required, 2000, 0);
    const std::string_view form = fields.text("webhook_form", Fields::required);
    msg91.old_webhook = form == "v2";
    if (form != "new" && form != "v2")
        fields.fail(Fault::Kind::bad_value, "webhook_form", "must be new or v2");
    msg91.senders = read_texts(fields, "senders");
    msg91.otp_templates = read_texts(fields, "otp_templates");
    msg91.rate = read_rate(fields, fault);
    if (const Json* list = fields.list("templates", Fields::required, 10'000, 0))
        for (const Json& item : *list) {
            Fields made(item, &fields, "templates", fault);
            const std::string id(made.text("id", Fields::required));
            msg91.templates[id] = read_texts(made, "variables");
            made.finish();
        }
    if (const Json* list = fields.list("whatsapp_templates", Fields::required, 10'000, 0)) {
        msg91.whatsapp_templates = *list;
        int index = 0;
        for (const Json& made : *list) check_whatsapp_template(made, fields, index++, fault);
    }
    return msg91;
}

}  // namespace sim
