#include "meta_message.hpp"

#include "text.hpp"

#include <algorithm>
#include <array>

namespace sim {
namespace {

using dakiya::Json;

void check_media(Fields& parent, std::string_view kind, bool caption, bool file_name, MetaMessage& out,
                 Fault& fault) {
    const Json* object = parent.object(kind, Fields::required);
    if (!object) return;
    Fields fields(*object, &parent, kind, fault);
    const std::string_view id = fields.text("id", Fields::optional, 255);
    const std::string_view link = fields.text("link", Fields::optional, 2048);
    if (id.empty() == link.empty()) fields.fail(Fault::Kind::bad_value, {}, "needs either id or link");
    if (!link.empty() && !link.starts_with("https://"))
        fields.fail(Fault::Kind::bad_value, "link", "must be a public https address");
    if (caption) fields.text("caption", Fields::optional, 1024);
    if (file_name) fields.text("filename", Fields::optional, 255);
    if (kind == "audio") fields.flag("voice", false);
    fields.finish();
    if (!id.empty()) out.media_ids.push_back(id);
    if (out.kind != "template") out.params = Json::array({Json(id.empty() ? link : id)}).dump();
}

void check_location(Fields& parent, Fault& fault) {
    const Json* object = parent.object("location", Fields::required);
    if (!object) return;
    Fields fields(*object, &parent, "location", fault);
    for (const char* key : {"latitude", "longitude"}) {
        const Json* value = fields.any(key, Fields::required);
        if (value && !value->is_string() && !value->is_number())
            fields.fail(Fault::Kind::wrong_type, key, "must be text or a number");
    }
    fields.text("name", Fields::optional, 1000, 0);
    fields.text("address", Fields::optional, 1000, 0);
    fields.finish();
}

void check_contacts(Fields& parent, Fault& fault) {
    const Json* list = parent.list("contacts", Fields::required, 257);
    if (!list) return;
    int index = 0;
    for (const Json& item : *list) {
        Fields contact(item, &parent, "contacts", fault, index++);
        if (const Json* name = contact.object("name", Fields::required)) {
            Fields parts(*name, &contact, "name", fault);
            parts.text("formatted_name", Fields::required, 1024);
            for (const char* part : {"first_name", "last_name", "middle_name", "prefix", "suffix"})
                parts.text(part, Fields::optional, 1024, 0);
            parts.finish();
        }
        for (const char* many : {"phones", "emails", "addresses", "urls"})
            contact.list(many, Fields::optional, 100, 0);
        contact.object("org");
        contact.text("birthday", Fields::optional, 10, 10);
        contact.finish();
    }
}

void check_reaction(Fields& parent, Fault& fault) {
    const Json* object = parent.object("reaction", Fields::required);
    if (!object) return;
    Fields fields(*object, &parent, "reaction", fault);
    fields.text("message_id", Fields::required, 255);
    fields.text("emoji", Fields::required, 16, 0);
    fields.finish();
}

void check_part(Fields& parent, std::string_view key, Fields::Need need, std::size_t max, Fault& fault) {
    const Json* object = parent.object(key, need);
    if (!object) return;
    Fields fields(*object, &parent, key, fault);
    fields.text("text", Fields::required, max);
    fields.finish();
}

void check_header(Fields& parent, bool media, MetaMessage& out, Fault& fault) {
    const Json* object = parent.object("header");
    if (!object) return;
    Fields fields(*object, &parent, "header", fault);
    const std::string_view type = fields.text("type", Fields::required);
    if (type == "text")
        fields.text("text", Fields::required, 60);
    else if (media && (type == "image" || type == "video" || type == "document"))
        check_media(fields, type, false, type == "document", out, fault);
    else
        fields.fail(Fault::Kind::bad_value, "type", "is not a header that this kind may have");
    fields.finish();
}

void check_reply_buttons(Fields& action, Fault& fault) {
    const Json* buttons = action.list("buttons", Fields::required, 3);
    if (!buttons) return;
    std::vector<std::string_view> titles;
    for (const Json& item : *buttons) {
        Fields button(item, &action, "buttons", fault, static_cast<int>(titles.size()));
        if (button.text("type", Fields::required) != "reply")
            button.fail(Fault::Kind::bad_value, "type", "must be reply");
        if (const Json* object = button.object("reply", Fields::required)) {
            Fields reply(*object, &button, "reply", fault);
            reply.text("id", Fields::required, 256);
            const std::string_view title = reply.text("title", Fields::required, 20);
            if (std::find(titles.begin(), titles.end(), title) != titles.end())
                reply.fail(Fault::Kind::bad_value, "title", "is the title of another button too");
            titles.push_back(title);
            reply.finish();
        }
        button.finish();
    }
}

void check_sections(Fields& action, Fault& fault) {
    action.text("button", Fields::required, 20);
    const Json* sections = action.list("sections", Fields::required, 10);
    if (!sections) return;
    std::size_t rows = 0;
    int index = 0;
    for (const Json& item : *sections) {
        Fields section(item, &action, "sections", fault, index++);
        section.text("title", sections->size() > 1 ? Fields::required : Fields::optional, 24);
        if (const Json* list = section.list("rows", Fields::required, 10))
            for (const Json& entry : *list) {
                Fields row(entry, &section, "rows", fault, static_cast<int>(rows++));
                row.text("id", Fields::required, 200);
                row.text("title", Fields::required, 24);
                row.text("description", Fields::optional, 72);
                row.finish();
            }
        section.finish();
    }
    if (rows > 10) action.fail(Fault::Kind::bad_value, "sections", "must have at most 10 rows together");
}

void check_cta_url(Fields& action, Fault& fault) {
    if (action.text("name", Fields::required) != "cta_url")
        action.fail(Fault::Kind::bad_value, "name", "must be cta_url");
    const Json* object = action.object("parameters", Fields::required);
    if (!object) return;
    Fields parameters(*object, &action, "parameters", fault);
    parameters.text("display_text", Fields::required, 20);
    parameters.text("url", Fields::required, 2000);
    parameters.finish();
}

void check_interactive(Fields& parent, MetaMessage& out, Fault& fault) {
    static constexpr std::array passed_through = {"carousel",
                                                  "flow",
                                                  "product",
                                                  "product_list",
                                                  "catalog_message",
                                                  "address_message",
                                                  "order_details",
                                                  "order_status",
                                                  "call_permission_request",
                                                  "voice_call"};
    const Json* object = parent.object("interactive", Fields::required);
    if (!object) return;
    Fields fields(*object, &parent, "interactive", fault);
    const std::string_view type = fields.text("type", Fields::required);
    if (std::find(passed_through.begin(), passed_through.end(), type) != passed_through.end()) return;
    const bool list = type == "list";
    if (!list && type != "button" && type != "cta_url" && type != "location_request_message")
        return fields.fail(Fault::Kind::bad_value, "type", "is not an interactive type");
    check_part(fields, "body", Fields::required, list ? 4096 : 1024, fault);
    if (type != "location_request_message") {
        check_part(fields, "footer", Fields::optional, 60, fault);
        check_header(fields, !list, out, fault);
    }
    if (const Json* made = fields.object("action", Fields::required)) {
        Fields action(*made, &fields, "action", fault);
        if (type == "button")
            check_reply_buttons(action, fault);
        else if (list)
            check_sections(action, fault);
        else if (type == "cta_url")
            check_cta_url(action, fault);
        else if (action.text("name", Fields::required) != "send_location")
            action.fail(Fault::Kind::bad_value, "name", "must be send_location");
        action.finish();
    }
    fields.finish();
}

MetaRefusal check_template(Fields& parent, const MetaConfig& config, bool marketing, MetaMessage& out,
                           Fault& fault) {
    const Json* object = parent.object("template", Fields::required);
    if (!object) return {};
    Fields fields(*object, &parent, "template", fault);
    out.template_name = fields.text("name", Fields::required, 512);
    std::string_view language;
    if (const Json* made = fields.object("language", Fields::required)) {
        Fields code(*made, &fields, "language", fault);
        language = code.text("code", Fields::required, 16);
        if (code.text("policy") != "deterministic" && made->contains("policy"))
            code.fail(Fault::Kind::bad_value, "policy", "must be deterministic");
        code.finish();
    }
    const Json* components = fields.list("components", Fields::optional, 20, 0);
    fields.finish();
    if (fault) return {};
    const auto found = config.shapes.find(std::string(out.template_name) + ' ' + std::string(language));
    const bool missing = found == config.shapes.end();
    if (missing || (found->second.status != "APPROVED" && found->second.status != "PAUSED" &&
                    found->second.status != "DISABLED"))
        return {132001, "template name (" + std::string(out.template_name) + ") does not exist in " +
                            std::string(language)};
    if (found->second.status == "PAUSED") return {132015, "the template is paused"};
    if (found->second.status == "DISABLED") return {132016, "the template is disabled"};
    if (marketing && found->second.category != "MARKETING")
        return {131055, "only marketing templates may be sent here"};
    if (components) out.params = components->dump();
    return check_meta_components(components, fields, found->second, out, fault);
}

MetaRefusal check_kind(Fields& root, const MetaConfig& config, bool marketing, MetaMessage& out,
                       Fault& fault) {
    const std::string_view kind = out.kind;
    if (marketing && kind != "template") return {131055, "only template messages may be sent here", true};
    if (kind == "text") {
        if (const Json* object = root.object("text", Fields::required)) {
            Fields text(*object, &root, "text", fault);
            out.text = text.text("body", Fields::required, 4096);
            text.flag("preview_url", false);
            text.finish();
        }
    } else if (kind == "template") {
        return check_template(root, config, marketing, out, fault);
    } else if (kind == "image" || kind == "video") {
        check_media(root, kind, true, false, out, fault);
    } else if (kind == "document") {
        check_media(root, kind, true, true, out, fault);
    } else if (kind == "audio" || kind == "sticker") {
        check_media(root, kind, false, false, out, fault);
    } else if (kind == "location") {
        check_location(root, fault);
    } else if (kind == "contacts") {
        check_contacts(root, fault);
    } else if (kind == "reaction") {
        check_reaction(root, fault);
    } else if (kind == "interactive") {
        check_interactive(root, out, fault);
    } else {
        return {131051, "\"" + std::string(kind) + "\" is not a message type", true};
    }
    return {};
}

void check_mark_read(Fields& root, Fault& fault) {
    if (root.text("status") != "read") root.fail(Fault::Kind::bad_value, "status", "must be read");
    root.text("message_id", Fields::required, 255);
    if (const Json* object = root.object("typing_indicator")) {
        Fields typing(*object, &root, "typing_indicator", fault);
        if (typing.text("type", Fields::required) != "text")
            typing.fail(Fault::Kind::bad_value, "type", "must be text");
        typing.finish();
    }
    root.finish();
}

}  // namespace

MetaRefusal refusal_of(const Fault& fault) {
    switch (fault.kind) {
        case Fault::Kind::none:
            return {};
        case Fault::Kind::missing:
            return {131008, fault.message(), true};
        case Fault::Kind::bad_value:
            return {131009, fault.message(), true};
        case Fault::Kind::wrong_type:
        case Fault::Kind::unknown:
            break;
    }
    return {100, fault.message(), true};
}

MetaRefusal check_meta_message(const Json& body, const MetaConfig& config, bool marketing, MetaMessage& out) {
    Fault fault;
    Fields root(body, nullptr, "", fault);
    if (root.text("messaging_product", Fields::required) != "whatsapp")
        root.fail(Fault::Kind::bad_value, "messaging_product", "must be whatsapp");
    if (body.contains("status")) {
        out.mark_read = true;
        check_mark_read(root, fault);
        return refusal_of(fault);
    }
    const std::string_view recipient_type = root.text("recipient_type");
    if (!recipient_type.empty() && recipient_type != "individual")
        root.fail(Fault::Kind::bad_value, "recipient_type", "must be individual");
    out.to = root.text("to", Fields::required, 32);
    out.kind = root.text("type", Fields::required, 32);
    out.ref = root.text("biz_opaque_callback_data", Fields::optional, 512);
    root.text("recipient_identity_key_hash", Fields::optional, 255);
    if (const Json* made = root.object("context")) {
        Fields context(*made, &root, "context", fault);
        context.text("message_id", Fields::required, 255);
        context.finish();
    }
    if (marketing) {
        const std::string_view policy = root.text("product_policy");
        if (!policy.empty() && policy != "CLOUD_API_FALLBACK" && policy != "STRICT")
            root.fail(Fault::Kind::bad_value, "product_policy", "must be CLOUD_API_FALLBACK or STRICT");
        root.flag("message_activity_sharing", false);
    }
    const auto digits = digits_of(out.to);
    if (!fault &&
        (!digits || *digits < 10'000'000 || *digits > 999'999'999'999'999))  // E.164: at most 15 digits
        root.fail(Fault::Kind::bad_value, "to", "is not a phone number with its country code");
    if (fault) return refusal_of(fault);
    out.digits = *digits;
    MetaRefusal refusal = check_kind(root, config, marketing, out, fault);
    if (!refusal) root.finish();
    return fault ? refusal_of(fault) : refusal;
}

Message ledger_message(Provider provider, const MetaMessage& read, std::string_view sender) {
    Message message;
    message.provider = provider;
    message.to = read.digits;
    message.whatsapp = true;
    message.kind = read.kind;
    message.template_name = read.template_name;
    message.ref = read.ref;
    message.text = read.text;
    message.params = read.params;
    message.sender = sender;
    return message;
}

}  // namespace sim
