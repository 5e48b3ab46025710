#include "send/input.hpp"

#include <algorithm>
#include <set>

#include "dakiya/json_text.hpp"
#include "domain/placeholder.hpp"

namespace dakiya::send {

namespace {

using store::Message;

bool has_placeholder(std::string_view text) { return text.find("{{") != std::string_view::npos; }

// The value is to follow.
void put_key(TextBuffer& json, std::string_view key) {
    if (json.back() != '{') json.put(',');
    put_json(json, key);
    json.put(':');
}
void put_text(TextBuffer& json, std::string_view key, std::string_view text) {
    put_key(json, key);
    put_json(json, text);
}
void put_value(TextBuffer& json, std::string_view key, const Json& value) {
    put_key(json, key);
    json.put(value.dump());
}

// Media and interactive texts may be personal too; they are rendered for each recipient.
const Json& body_of(const domain::Content& content) {
    if (content.kind == "media") return content.media;
    if (content.kind == "interactive") return content.interactive;
    if (content.kind == "location") return content.location;
    if (content.kind == "contacts") return content.contacts;
    return content.reaction;
}

Json params_of(const Message& message) {
    return message.params.empty() ? Json::object() : Json::parse(message.params);
}

// One object of the recipient's own (JSON, or empty) and of what is the same for all (members, or empty).
void put_params(TextBuffer& json, std::string_view own, std::string_view shared) {
    put_key(json, "params");
    if (own.empty()) own = "{}";
    json.put(own.substr(0, own.size() - 1));
    if (own.size() > 2 && !shared.empty()) json.put(',');
    json.put(shared);
    json.put('}');
}

}  // namespace

InputBase input_base(domain::Content content, const std::string& channel, const std::string& from,
                     const TemplateInfo& info, const std::string& callback) {
    InputBase base;
    TextBuffer head;
    head.put('{');
    put_text(head, "channel", channel);
    put_text(head, "from", from);
    put_text(head, "kind", content.kind);
    if (!callback.empty()) put_text(head, "callback", callback);
    if (!content.reply_to.empty()) put_text(head, "reply_to", content.reply_to);
    if (content.extra.is_object()) put_value(head, "extra", content.extra);

    if (content.kind == "template") {
        put_value(head, "template",
                  {{"name", content.template_name},
                   {"language", content.template_language},
                   {"id", info.provider_id},
                   {"category", info.category},
                   {"components", info.components}});
        const std::string header = info.header.dump();
        base.params = header.substr(1, header.size() - 2);
    } else if (content.kind == "text") {
        const bool email = !content.email.is_null();
        base.personal = has_placeholder(content.text) || (email && has_placeholder(content.email.dump()));
        if (!base.personal) put_text(head, "text", content.text);
        if (!base.personal && email) put_value(head, "email", content.email);
    } else {
        base.personal = has_placeholder(body_of(content).dump());
        if (!base.personal) put_value(head, content.kind, body_of(content));
    }
    base.head = std::move(head).take();
    base.content = std::move(content);
    return base;
}

std::string send_input(const InputBase& base, std::span<const Message> recipients) {
    const domain::Content& content = base.content;
    const Message& first = recipients.front();
    const bool personal_text = base.personal && content.kind == "text";
    TextBuffer json;
    json.put(base.head);
    put_text(json, "key", format_id(prefix::message, first.id));
    if (personal_text) {
        put_text(json, "text", domain::render_text(content.text, params_of(first)));
        if (!content.email.is_null())
            put_value(json, "email", domain::render_email(content.email, params_of(first)));
    } else if (base.personal && content.kind != "template") {
        put_value(json, content.kind, domain::render_json(body_of(content), params_of(first)));
    }

    put_key(json, "to");
    json.put('[');
    for (const Message& message : recipients) {
        json.put(json.back() == '[' ? "{" : ",{");
        put_text(json, "address", message.address);
        put_text(json, "ref", format_id(prefix::message, message.id));
        if (content.kind == "template")
            put_params(json, message.params, base.params);
        else if (personal_text && recipients.size() > 1)
            put_text(json, "text", domain::render_text(content.text, params_of(message)));
        json.put('}');
    }
    json.put("]}");
    return std::move(json).take();
}

std::size_t batch_size(const InputBase& base, std::span<const Message> messages, std::size_t most,
                       bool personal_batch) {
    if (most <= 1 || messages.size() <= 1) return std::min<std::size_t>(messages.size(), 1);
    // Media, interactive bodies and e-mails are one for the whole call.
    const bool shared_body =
        (base.content.kind != "text" && base.content.kind != "template") || !base.content.email.is_null();
    if (base.personal && shared_body) return 1;
    std::set<std::string_view> addresses;
    std::size_t n = 0;
    for (const Message& message : messages.first(std::min(most, messages.size()))) {
        if (!addresses.insert(message.address).second) break;
        if (!personal_batch && message.params != messages.front().params) break;
        ++n;
    }
    return n;
}

}  // namespace dakiya::send
