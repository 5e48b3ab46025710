#include "sleekflow_message.hpp"

#include "meta_message.hpp"
#include "text.hpp"

namespace sim {
namespace {

using dakiya::Json;

SleekFlowRefusal check_template(Fields& wrapper, const SleekFlowConfig& config, SleekFlowMessage& out,
                                Fault& fault) {
    // Names of members may be written in any case; these two are in use.
    constexpr std::string_view upper = "WhatsappCloudApiTemplateMessageObject",
                               lower = "whatsappCloudApiTemplateMessageObject";
    const std::string_view name = wrapper.json().contains(lower) ? lower : upper;
    const Json* object = wrapper.object(name, Fields::required);
    if (!object) return {};
    Fields fields(*object, &wrapper, name, fault);
    out.template_name = fields.text("templateName", Fields::required, 512);
    const std::string_view language = fields.text("language", Fields::required, 16);  // never an object
    const Json* components = fields.list("components", Fields::optional, 20, 0);
    fields.finish();
    if (fault) return {};
    const auto found = config.shapes.find(std::string(out.template_name) + ' ' + std::string(language));
    if (found == config.shapes.end()) return {132001, "Template does not exist"};
    if (found->second.status != "APPROVED") return {132015, "Template is paused"};
    if (components) out.params = components->dump();
    MetaMessage meta;
    const MetaRefusal refusal = check_meta_components(components, fields, found->second, meta, fault);
    if (!meta.media_ids.empty()) return {400, "a header takes the address of a file, never an id", true};
    return {refusal.code, refusal.details, refusal.violation};
}

void check_interactive(Fields& wrapper, Fault& fault) {
    const Json* object = wrapper.object("whatsappCloudApiInteractiveObject", Fields::required);
    if (!object) return;
    Fields fields(*object, &wrapper, "whatsappCloudApiInteractiveObject", fault);
    const std::string_view type = fields.text("type", Fields::required);
    if (type != "button" && type != "list")
        fields.fail(Fault::Kind::bad_value, "type", "must be button or list");
    for (const char* optional : {"header", "footer"}) fields.object(optional);
    fields.object("body", Fields::required);
    if (const Json* action = fields.object("action", Fields::required)) {
        Fields inner(*action, &fields, "action", fault);
        if (type == "button") {
            inner.list("buttons", Fields::required, 3);
        } else {
            inner.text("button", Fields::required, 20);
            inner.list("sections", Fields::required, 10);
        }
        inner.finish();
    }
    fields.finish();
}

SleekFlowRefusal check_extended(Fields& root, const SleekFlowConfig& config, SleekFlowMessage& out,
                                Fault& fault) {
    const Json* object = root.object("extendedMessage", Fields::required);
    if (!object) return {};
    Fields wrapper(*object, &root, "extendedMessage", fault);
    SleekFlowRefusal refusal;
    if (out.kind == "template")
        refusal = check_template(wrapper, config, out, fault);
    else
        check_interactive(wrapper, fault);
    wrapper.finish();
    return refusal;
}

}  // namespace

std::uint64_t sleekflow_number(std::string_view number) {
    const auto digits = digits_of(number);
    if (!all_digits(number) || !digits || *digits < 10'000'000 || *digits > 999'999'999'999'999) return 0;
    return *digits;
}

SleekFlowRefusal check_sleekflow_message(const Json& body, const SleekFlowConfig& config,
                                         SleekFlowMessage& out) {
    Fault fault;
    Fields root(body, nullptr, "", fault);
    if (root.text("channel", Fields::required) != "whatsappcloudapi")
        root.fail(Fault::Kind::bad_value, "channel", "must be whatsappcloudapi");
    const std::string_view from = root.text("from");
    out.digits = sleekflow_number(root.text("to", Fields::required, 20));
    if (out.digits == 0) root.fail(Fault::Kind::bad_value, "to", "must be digits with country code, no plus");
    out.kind = root.text("messageType", Fields::required, 20);
    if (const Json* tags = root.list("analyticTags", Fields::optional, 10, 0); tags && !tags->empty())
        if (tags->at(0).is_string()) out.ref = tags->at(0).text();
    SleekFlowRefusal refusal;
    if (out.kind == "text")
        out.text = root.text("messageContent", Fields::required, 4096);
    else if (out.kind == "template" || out.kind == "interactive")
        refusal = check_extended(root, config, out, fault);
    else
        root.fail(Fault::Kind::bad_value, "messageType", "must be text, template or interactive");
    root.finish();
    if (fault) return {400, fault.message(), true};
    if (!from.empty() && from != config.channel_number) return {400, "Unknown channel"};
    return refusal;
}

}  // namespace sim
