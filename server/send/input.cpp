#include "send/input.hpp"

#include <algorithm>
#include <set>

#include "domain/placeholder.hpp"

namespace dakiya::send {

namespace {

using store::Message;

bool has_placeholder(std::string_view text) { return text.find("{{") != std::string_view::npos; }

// JSON text of one string. Most have nothing to escape.
std::string quoted(std::string_view text) {
    const auto escaped = [](char c) { return (c >= 0 && c < ' ') || c == '"' || c == '\\'; };
    if (std::any_of(text.begin(), text.end(), escaped)) return Json(text).dump();
    std::string json;
    json.reserve(text.size() + 2);
    return json.append("\"").append(text).append("\"");
}

void add_member(std::string& json, std::string_view key, std::string_view value_json) {
    if (json.back() != '{') json += ',';
    json += '"';
    json += key;
    json += "\":";
    json += value_json;
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
void append_params(std::string& to, std::string_view own, std::string_view shared) {
    if (own.empty()) own = "{}";
    if (shared.empty()) {
        to += own;
        return;
    }
    to += own.substr(0, own.size() - 1);
    if (own.size() > 2) to += ',';
    to.append(shared).append("}");
}

}  // namespace

InputBase input_base(domain::Content content, const std::string& channel, const std::string& from,
                     const TemplateInfo& info, const std::string& callback) {
    InputBase base;
    std::string& head = base.head;
    head = "{";
    add_member(head, "channel", quoted(channel));
    add_member(head, "from", quoted(from));
    add_member(head, "kind", quoted(content.kind));
    if (!callback.empty()) add_member(head, "callback", quoted(callback));
    if (!content.reply_to.empty()) add_member(head, "reply_to", quoted(content.reply_to));
    if (content.extra.is_object()) add_member(head, "extra", content.extra.dump());

    if (content.kind == "template") {
        const Json description{{"name", content.template_name},
                               {"language", content.template_language},
                               {"id", info.provider_id},
                               {"category", info.category},
                               {"components", info.components}};
        add_member(head, "template", description.dump());
        const std::string header = info.header.dump();
        base.params = header.substr(1, header.size() - 2);
    } else if (content.kind == "text") {
        const std::string email = content.email.is_null() ? std::string() : content.email.dump();
        base.personal = has_placeholder(content.text) || has_placeholder(email);
        if (!base.personal) add_member(head, "text", quoted(content.text));
        if (!base.personal && !email.empty()) add_member(head, "email", email);
    } else {
        const std::string body = body_of(content).dump();
        base.personal = has_placeholder(body);
        if (!base.personal) add_member(head, content.kind, body);
    }
    base.content = std::move(content);
    return base;
}

std::string send_input(const InputBase& base, std::span<const Message> recipients) {
    const domain::Content& content = base.content;
    const bool personal_text = base.personal && content.kind == "text";
    std::string json = base.head;
    add_member(json, "key", quoted(format_id(prefix::message, recipients.front().id)));

    std::string to = "[", first_text;
    for (const Message& message : recipients) {
        if (to.size() > 1) to += ',';
        to.append(R"({"address":)").append(quoted(message.address));
        to.append(R"(,"ref":")").append(format_id(prefix::message, message.id)).append("\"");
        if (content.kind == "template") {
            to.append(R"(,"params":)");
            append_params(to, message.params, base.params);
        } else if (personal_text) {
            const std::string text = quoted(domain::render_text(content.text, params_of(message)));
            to.append(R"(,"text":)").append(text);
            if (first_text.empty()) first_text = text;
        }
        to += '}';
    }
    add_member(json, "to", to + "]");

    if (personal_text) {
        add_member(json, "text", first_text);
        if (!content.email.is_null())
            add_member(json, "email",
                       domain::render_email(content.email, params_of(recipients.front())).dump());
    } else if (base.personal && content.kind != "template") {
        add_member(json, content.kind,
                   domain::render_json(body_of(content), params_of(recipients.front())).dump());
    }
    return json + "}";
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
