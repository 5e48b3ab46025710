#include "wati_message.hpp"

#include "text.hpp"

#include <algorithm>
#include <set>

namespace sim {
namespace {

using dakiya::Json;

constexpr int bad_request = 400;

WatiRefusal refusal_of(const Fault& fault) {
    if (!fault) return {};
    return {bad_request, fault.message(), true};
}

const Json* template_named(const WatiConfig& config, std::string_view name) {
    for (const Json& made : config.templates)
        if (made.value("name", "") == name) return &made;
    return nullptr;
}

std::set<std::string> names_of(const Json& made) {
    std::set<std::string> names;
    for (const Json& param : made["custom_params"]) names.insert(param.value("name", ""));
    return names;
}

bool is_channel(const WatiConfig& config, std::string_view channel) {
    return channel == config.phone_number ||
           std::find(config.channels.begin(), config.channels.end(), channel) != config.channels.end();
}

void read_params(const Json& list, const std::set<std::string>& expected, Fields& parent, Fault& fault,
                 WatiRecipient& out) {
    std::set<std::string> missing = expected;
    Json params = Json::object();
    int index = 0;
    for (const Json& item : list) {
        Fields param(item, &parent, "custom_params", fault, index++);
        const std::string name(param.text("name", Fields::required, 256));
        const std::string_view value = param.text("value", Fields::required, 4096);
        param.finish();
        if (fault) return;
        if (!expected.count(name)) param.fail(Fault::Kind::bad_value, "name", "is not in the template");
        missing.erase(name);
        params.set(name, value);
    }
    out.params = params.empty() ? "" : params.dump();
    if (!missing.empty()) out.missing = *missing.begin();
}

void read_recipient(const Json& item, int index, const std::set<std::string>& names, Fields& root,
                    Fault& fault, WatiBroadcast& out) {
    Fields fields(item, &root, "recipients", fault, index);
    WatiRecipient recipient;
    const std::string_view number = fields.text("phone_number", Fields::required, 32);
    recipient.ref = fields.text("local_message_id", Fields::optional, 64);
    const Json* params = fields.list("custom_params", Fields::required, 100, 0);
    fields.finish();
    if (fault) return;
    recipient.digits = bare_number(number);
    if (recipient.digits == 0)
        fields.fail(Fault::Kind::bad_value, "phone_number", "must be digits with country code, no +");
    read_params(*params, names, fields, fault, recipient);
    out.recipients.push_back(std::move(recipient));
}

// ---- free-form

void limit(Fields& fields, std::string_view key, std::size_t most, Fields::Need need) {
    const std::string_view text = fields.text(key, need, 4 * most, 0);
    if (count_code_points(text) > most)
        fields.fail(Fault::Kind::bad_value, key, "has more than " + std::to_string(most) + " characters");
}

void check_buttons(const Json& message, Fields& root, Fault& fault) {
    Fields fields(message, &root, "button_message", fault);
    limit(fields, "body", 1024, Fields::required);
    limit(fields, "footer", 60, Fields::optional);
    if (const Json* header = fields.object("header")) {
        Fields part(*header, &fields, "header", fault);
        const bool text = part.text("type", Fields::required, 16) == "text";
        if (text) limit(part, "text", 60, Fields::required);
        if (!text) part.object("media", Fields::required);
        part.finish();
    }
    if (const Json* buttons = fields.list("buttons", Fields::required, 3))
        for (const Json& item : *buttons) {
            Fields button(item, &fields, "buttons", fault);
            limit(button, "text", 20, Fields::required);
            button.finish();
        }
    fields.finish();
}

void check_list(const Json& message, Fields& root, Fault& fault) {
    Fields fields(message, &root, "list_message", fault);
    limit(fields, "header", 60, Fields::optional);
    limit(fields, "body", 1024, Fields::required);
    limit(fields, "footer", 60, Fields::optional);
    limit(fields, "button_text", 20, Fields::required);
    if (const Json* sections = fields.list("sections", Fields::required, 10))
        for (const Json& item : *sections) {
            Fields section(item, &fields, "sections", fault);
            limit(section, "title", 24, Fields::optional);
            if (const Json* rows = section.list("rows", Fields::required, 10))
                for (const Json& row_item : *rows) {
                    Fields row(row_item, &section, "rows", fault);
                    limit(row, "title", 24, Fields::required);
                    limit(row, "description", 72, Fields::optional);
                    row.finish();
                }
            section.finish();
        }
    fields.finish();
}

}  // namespace

WatiRefusal check_broadcast(const Json& body, const WatiConfig& config, WatiBroadcast& out) {
    Fault fault;
    Fields root(body, nullptr, "", fault);
    if (const Json* channel = root.any("channel", Fields::required); channel && !channel->is_null())
        out.channel = root.text("channel", Fields::required, 100);
    out.template_name = root.text("template_name", Fields::required, 512);
    out.name = root.text("broadcast_name", Fields::required, 256);
    const Json* recipients = root.list("recipients", Fields::required, 10'000);
    root.finish();
    if (fault) return refusal_of(fault);
    if (!out.channel.empty() && !is_channel(config, out.channel))
        return {200, "Channel " + out.channel + " not found"};
    const Json* made = template_named(config, out.template_name);
    if (!made) return {200, "Template " + out.template_name + " not found"};
    if (made->value("status", "") != "APPROVED")
        return {bad_request, "Template " + out.template_name + " is not approved"};
    const std::set<std::string> names = names_of(*made);
    int index = 0;
    for (const Json& item : *recipients) {
        read_recipient(item, index++, names, root, fault, out);
        if (fault) return refusal_of(fault);
    }
    return {};
}

WatiRefusal check_target(std::string_view target, const WatiConfig& config, WatiMessage& out) {
    const std::size_t mark = target.find(':');
    if (mark != target.npos) {
        out.channel = target.substr(0, mark);
        target.remove_prefix(mark + 1);
        if (!is_channel(config, out.channel)) return {bad_request, "Channel " + out.channel + " not found"};
    }
    out.digits = bare_number(target);
    if (out.digits == 0) return {bad_request, "target must be digits with country code, no +", true};
    return {};
}

WatiRefusal check_message(const Json& body, std::string_view kind, const WatiConfig& config,
                          WatiMessage& out) {
    Fault fault;
    Fields root(body, nullptr, "", fault);
    const std::string target(root.text("target", Fields::required, 128));
    if (kind == "text") {
        out.text = root.text("text", Fields::required, 4 * 4096);
        if (count_code_points(out.text) > 4096)
            root.fail(Fault::Kind::bad_value, "text", "has more than 4096 characters");
    } else if (kind == "fileViaUrl") {
        out.text = root.text("caption", Fields::optional, 4 * 1024);
        if (!root.text("file_url", Fields::required, 2000).starts_with("https://"))
            root.fail(Fault::Kind::bad_value, "file_url", "must be https");
    } else {
        const bool buttons = root.text("type", Fields::required, 16) == "buttons";
        if (const Json* message =
                root.object(buttons ? "button_message" : "list_message", Fields::required)) {
            if (buttons)
                check_buttons(*message, root, fault);
            else
                check_list(*message, root, fault);
        }
    }
    root.finish();
    if (fault) return refusal_of(fault);
    return check_target(target, config, out);
}

}  // namespace sim
