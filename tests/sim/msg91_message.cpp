#include "msg91_message.hpp"

#include "text.hpp"

#include <algorithm>
#include <array>
#include <set>

namespace sim {
namespace {

using dakiya::Json;

Msg91Refusal refusal_of(const Fault& fault) {
    if (!fault) return {};
    return {fault.kind == Fault::Kind::missing ? 106 : 202, fault.message(), true};
}

// Number by number: the same one twice in a call cannot be told apart in reports, which name request and
// number.
void warn_about_repeats(const Msg91Message& message, std::vector<std::string>& warnings) {
    std::set<std::uint64_t> seen;
    for (const Msg91Recipient& recipient : message.recipients)
        if (!seen.insert(recipient.digits).second)
            warnings.push_back("the number " + std::to_string(recipient.digits) + " is twice in one call");
}

void check_variables(const Json& recipient, const std::vector<std::string>& expected, Msg91Recipient& out,
                     Fields& fields, std::vector<std::string>& warnings) {
    Json variables = Json::object();
    for (const auto& [key, value] : recipient.members()) {
        if (key == "mobiles") continue;
        fields.ignore(key);
        if (value.is_object() || value.is_array())
            fields.fail(Fault::Kind::wrong_type, key, "must be flat: variables stand beside mobiles");
        else if (!value.is_string())
            warnings.push_back("variable " + key + " is not a text");
        if (std::find(expected.begin(), expected.end(), key) == expected.end())
            warnings.push_back("variable " + key + " is not in the template");
        variables.set(key, value);
    }
    for (const std::string& name : expected)
        if (!recipient.contains(name)) warnings.push_back("variable " + name + " of the template is missing");
    out.params = variables.empty() ? "" : variables.dump();
}

void read_reference(Fields& root, Msg91Message& out) {
    out.crqid = root.text("CRQID", Fields::optional, 80, 0);
    const std::string_view uuid = root.text("UUID", Fields::optional, 80, 0);
    root.text("clientId", Fields::optional, 80, 0);
    static constexpr char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-";
    for (const std::string_view text : {std::string_view(out.crqid), uuid})
        if (text.find_first_not_of(allowed) != std::string_view::npos)
            root.fail(Fault::Kind::bad_value, "CRQID", "may have letters, digits, _ . - only");
}

// The variables that a WhatsApp template has in a language; nothing when it may not be sent.
std::optional<std::set<std::string>> whatsapp_variables(const Json& templates, std::string_view name,
                                                        std::string_view language) {
    for (const Json& made : templates) {
        if (made.value("name", "") != name) continue;
        for (const Json& spoken : made["languages"]) {
            if (spoken.value("language", "") != language || spoken.value("status", "") != "APPROVED")
                continue;
            std::set<std::string> variables;
            for (const Json& variable : spoken["variables"]) variables.insert(variable.text());
            return variables;
        }
    }
    return {};
}

bool is_component_key(std::string_view key) {
    const std::size_t line = key.rfind('_');
    if (line == std::string_view::npos || !all_digits(key.substr(line + 1))) return false;
    const std::string_view kind = key.substr(0, line);
    return kind == "body" || kind == "header" || kind == "button";
}

void check_components(const Json& components, const std::set<std::string>& expected, Fields& element,
                      Fault& fault, std::string& wrong) {
    Fields fields(components, &element, "components", fault);
    std::set<std::string> missing = expected;
    for (const auto& [key, value] : components.members()) {
        const Json* object = fields.object(key, Fields::required);
        if (!object) return;
        if (!is_component_key(key))
            fields.fail(Fault::Kind::unknown, key, "must be body_N, header_N or button_N");
        Fields component(*object, &fields, key, fault);
        component.text("type", Fields::required, 32);
        component.text("value", Fields::required, 4096);
        component.text("subtype", key.starts_with("button") ? Fields::required : Fields::optional, 32);
        component.text("filename", Fields::optional, 255);
        component.text("parameter_name", Fields::optional, 255);
        component.finish();
        if (missing.erase(key) == 0) wrong = key + " is not in the template";
    }
    if (!missing.empty()) wrong = *missing.begin() + " of the template is missing";
}

}  // namespace

Msg91Refusal check_flow(const Json& body, const Msg91Config& config, Msg91Message& out,
                        std::vector<std::string>& warnings) {
    Fault fault;
    Fields root(body, nullptr, "", fault);
    out.kind = "sms";
    out.template_name = root.text(body.contains("flow_id") ? "flow_id" : "template_id", Fields::required, 64);
    out.sender = root.text("sender", Fields::optional, 20);
    for (const char* flag : {"short_url", "realTimeResponse", "unicode"}) {
        const std::string_view value = root.text(flag, Fields::optional, 1);
        if (!value.empty() && value != "0" && value != "1")
            root.fail(Fault::Kind::bad_value, flag, "must be \"0\" or \"1\"");
    }
    for (const char* key : {"short_url_expiry", "route", "schtime"}) root.text(key, Fields::optional, 32);
    read_reference(root, out);
    const Json* recipients = root.list("recipients", Fields::required, 1000);
    root.finish();
    if (fault) return refusal_of(fault);
    const auto found = config.templates.find(out.template_name);
    if (found == config.templates.end()) return {203, "Invalid template or flow id " + out.template_name};
    if (!out.sender.empty() &&
        std::find(config.senders.begin(), config.senders.end(), out.sender) == config.senders.end())
        return {203, "sender id " + out.sender + " is not registered"};
    for (const Json& item : *recipients) {
        Fields fields(item, &root, "recipients", fault, static_cast<int>(out.recipients.size()));
        Msg91Recipient recipient;
        recipient.digits = bare_number(fields.text("mobiles", Fields::required, 4096));
        if (!fault && recipient.digits == 0)
            fields.fail(Fault::Kind::bad_value, "mobiles",
                        "must be one number: digits with country code, no +");
        if (!fault) check_variables(item, found->second, recipient, fields, warnings);
        if (fault) return refusal_of(fault);
        out.recipients.push_back(std::move(recipient));
    }
    warn_about_repeats(out, warnings);
    return {};
}

Msg91Refusal check_whatsapp_bulk(const Json& body, const Msg91Config& config, Msg91Message& out,
                                 std::vector<std::string>& warnings) {
    Fault fault;
    Fields root(body, nullptr, "", fault);
    out.kind = "template";
    out.sender = root.text("integrated_number", Fields::required, 15);
    if (root.text("content_type", Fields::required) != "template")
        root.fail(Fault::Kind::bad_value, "content_type", "must be template");
    read_reference(root, out);
    const Json* made_payload = root.object("payload", Fields::required);
    root.finish();
    if (!made_payload || fault) return refusal_of(fault);
    Fields payload(*made_payload, &root, "payload", fault);
    if (const std::string_view product = payload.text("messaging_product");
        !product.empty() && product != "whatsapp")
        payload.fail(Fault::Kind::bad_value, "messaging_product", "must be whatsapp");
    if (payload.text("type", Fields::required) != "template")
        payload.fail(Fault::Kind::bad_value, "type", "must be template");
    const Json* made_template = payload.object("template", Fields::required);
    payload.finish();
    if (!made_template || fault) return refusal_of(fault);
    Fields fields(*made_template, &payload, "template", fault);
    out.template_name = fields.text("name", Fields::required, 512);
    fields.text("namespace", Fields::optional, 255);
    std::string_view language;
    if (const Json* object = fields.object("language", Fields::required)) {
        Fields code(*object, &fields, "language", fault);
        language = code.text("code", Fields::required, 16);
        code.text("policy", Fields::optional, 32);
        code.finish();
    }
    const Json* elements = fields.list("to_and_components", Fields::required, 1000);
    fields.finish();
    if (!elements || fault) return refusal_of(fault);
    if (out.sender != config.integrated_number)
        return {401, "number " + out.sender + " is not integrated with this account"};
    const auto variables = whatsapp_variables(config.whatsapp_templates, out.template_name, language);
    if (!variables)
        return {203, "template " + out.template_name + " is missing or not approved in this language"};
    std::string wrong;
    int index = 0;
    for (const Json& item : *elements) {
        Fields element(item, &fields, "to_and_components", fault, index++);
        const Json* numbers = element.list("to", Fields::required, 1000);
        const Json* components = element.object("components", Fields::required);
        if (components) check_components(*components, *variables, element, fault, wrong);
        element.finish();
        if (!numbers || fault) return refusal_of(fault);
        for (const Json& number : *numbers) {
            const std::uint64_t digits = number.is_string() ? bare_number(number.text()) : 0;
            if (digits == 0)
                return {202, element.path("to") + " must be texts of digits with country code", true};
            out.recipients.push_back({digits, components->dump()});
        }
    }
    if (!wrong.empty()) return {203, "template " + out.template_name + ": " + wrong};
    warn_about_repeats(out, warnings);
    return {};
}

Msg91Refusal check_whatsapp_single(const Json& body, const Msg91Config& config, Msg91Message& out) {
    static constexpr std::array kinds = {"text",  "image",    "document", "audio",
                                         "video", "location", "contacts", "interactive"};
    Fault fault;
    Fields root(body, nullptr, "", fault);
    out.sender = root.text("integrated_number", Fields::required, 15);
    out.kind = root.text("content_type", Fields::required, 32);
    const std::uint64_t digits = bare_number(root.text("recipient_number", Fields::required, 32));
    if (!fault && digits == 0)
        root.fail(Fault::Kind::bad_value, "recipient_number", "must be digits with country code, no +");
    if (!fault && std::find(kinds.begin(), kinds.end(), out.kind) == kinds.end())
        root.fail(Fault::Kind::bad_value, "content_type", "is not a kind of message");
    read_reference(root, out);
    std::string params;
    if (out.kind == "text")
        out.text = root.text("text", Fields::required, 4096);
    else if (const Json* payload = root.object("payload", Fields::required))
        params = payload->dump();
    root.finish();
    if (fault) return refusal_of(fault);
    if (out.sender != config.integrated_number)
        return {401, "number " + out.sender + " is not integrated with this account"};
    out.recipients.push_back({digits, std::move(params)});
    return {};
}

}  // namespace sim
