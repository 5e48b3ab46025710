#include "messagebird_conversations.hpp"

#include "file_replies.hpp"
#include "messagebird_legacy.hpp"
#include "messagebird_payloads.hpp"
#include "template_shape.hpp"
#include "text.hpp"

namespace sim {

using dakiya::Json;

constexpr std::string_view files = "/v1/media/";  // of media.messagebird.com: what people send
constexpr std::string_view uploaded = "https://messaging.messagebird.com/v1/files/";

const char* const conversations_defaults = R"json({
  "access_key": "simOldMessageBirdKey01234", "signing_key": "36efdd1aace2e26cd490f0d951138253", "webhook_url": "",
  "channel": "619747f69cf940a98fb443140ce9aed2", "namespace": "20332cd4_f095_b080_d255_35677159aaff",
  "rate": {"per_second": 0, "burst": 0},
  "templates": [
    {"name": "order_update", "language": "en", "status": "APPROVED", "category": "UTILITY",
     "components": [{"type": "BODY", "text": "Hi {{1}}, order {{2}} shipped."}]},
    {"name": "fresh", "language": "en", "status": "NEW", "category": "MARKETING",
     "components": [{"type": "BODY", "text": "New"}]}
  ]
})json";

ConversationsConfig read_conversations(Fields& fields, Fault& fault) {
    ConversationsConfig config;
    config.access_key = fields.text("access_key", Fields::required);
    config.signing_key = fields.text("signing_key", Fields::required);
    config.webhook_url = fields.text("webhook_url", Fields::required, 2000, 0);
    config.channel = fields.text("channel", Fields::required);
    config.name_space = fields.text("namespace", Fields::required);
    config.rate = read_rate(fields, fault);
    if (const Json* list = fields.list("templates", Fields::required, 10'000, 0)) config.templates = *list;
    return config;
}

Reply Conversations::refuse(int status, int code, std::string_view words, bool violation) {
    if (violation) world_.violation(Provider::messagebird_conversations, std::string(words));
    world_.refuse(Provider::messagebird_conversations, code);
    return {status, Json{{"errors", Json::array({Json{{"code", code}, {"description", words}}})}}.dump()};
}

Reply Conversations::answer(const Request& request) {
    if (request.header("authorization") != "AccessKey " + config().access_key)
        return refuse(401, 1001, "invalid credential", false);
    if (request.method == "GET" && request.path == "/balance")
        return {200, R"({"payment":"prepaid","type":"euros","amount":9.2})"};
    if (request.method == "GET" && request.path == "/v3/platforms/whatsapp/templates") return list(request);
    if (request.method == "POST" && request.path == "/v1/send") return send(request);
    if (request.method == "POST" && request.path == "/v1/files") return upload(request);
    if (request.method == "GET" && request.path.starts_with(files)) {
        const std::string_view id = request.path.substr(files.size());
        const File* file = world_.files().find(Provider::messagebird_conversations, id);
        return file ? file_reply(*file) : refuse(404, 20, "file not found", false);
    }
    return refuse(404, 20, "no such path: " + std::string(request.path), true);
}

// The bytes as they are, with their type and their name beside them.
Reply Conversations::upload(const Request& request) {
    if (request.body.empty() || request.content_type().empty() || request.header("filename").empty())
        return refuse(422, 21, "a file needs its bytes, its Content-Type and its filename", true);
    world_.ledger().uploaded(Provider::messagebird_conversations);
    File file{std::string(request.content_type()), std::string(request.body)};
    const std::string id = world_.files().add(Provider::messagebird_conversations, std::move(file));
    return json(Json{{"id", id}});
}

// Empty when it is no file of ours, or one that is there.
std::string Conversations::fault_of_file(std::string_view url) const {
    if (!url.starts_with("https://")) return "a file needs its url";
    if (!url.starts_with(uploaded)) return "";
    url.remove_prefix(uploaded.size());
    return world_.files().find(Provider::messagebird_conversations, url) ? "" : "no such file";
}

Reply Conversations::list(const Request& request) const {
    const Form query = parse_form(request.query);
    const std::string* offset = find(query, "offset");
    Json items = Json::array();
    if (!offset || *offset == "0")
        for (Json made : config().templates.items()) {
            made.set("namespace", config().name_space);
            items.push_back(std::move(made));
        }
    return {200, Json{{"items", std::move(items)}}.dump()};
}

std::string Conversations::fault_of_template(const Json& hsm) const {
    if (hsm["namespace"].scalar() != config().name_space) return "the namespace is not this account's";
    if (hsm["language"]["policy"] != Json("deterministic")) return "the language's policy is deterministic";
    for (const Json& made : config().templates) {
        if (made["name"] != hsm["templateName"] || made["language"] != hsm["language"]["code"]) continue;
        const TemplateShape shape = shape_of(made);
        if (shape.status != "APPROVED") return "the template is not approved";
        std::size_t values = 0;
        for (const Json& part : hsm["components"]) {
            if (part["type"] != Json("body")) continue;
            for (const Json& value : part["parameters"]) {
                if (value["type"] != Json("text") || value["text"].scalar().empty())
                    return "a value is empty";
                ++values;
            }
        }
        return values == shape.body_variables ? "" : "the template takes another number of values";
    }
    return "there is no such template";
}

std::string Conversations::fault_of(const std::string& type, const Json& content) const {
    const Json& part = content[type];
    if (content.size() != 1 || part.is_null()) return "the content holds its type and nothing else";
    if (type == "text") {
        const std::size_t length = part.is_string() ? count_code_points(part.text()) : 0;
        return length >= 1 && length <= 4096 ? "" : "a text has 1 to 4096 characters";
    }
    if (type == "hsm") return fault_of_template(part);
    if (type == "location")
        return part["latitude"].is_number() && part["longitude"].is_number() ? "" : "no place";
    if (type == "interactive")
        return part["body"]["text"].is_string() && part["action"].is_object() ? "" : "no body or no action";
    if (type == "image" || type == "video" || type == "audio" || type == "file")
        return fault_of_file(part["url"].scalar());
    if (type == "whatsappSticker") return part["link"].scalar().starts_with("https://") ? "" : "no link";
    return "there is no type " + type;
}

Reply Conversations::send(const Request& request) {
    Fault fault;
    const Json body = read_json(request.body, fault);
    if (fault) return refuse(422, 21, fault.message(), true);
    Fields fields(body, nullptr, "", fault);
    const std::string to(fields.text("to", Fields::required, 16));
    const std::string from(fields.text("from", Fields::required, 64));
    const std::string type(fields.text("type", Fields::required, 32));
    const Json* content = fields.object("content", Fields::required);
    const std::string callback(fields.text("reportUrl", Fields::optional, 2000));
    const Json* source = fields.object("source");
    for (const char* known : {"trackId", "tag", "ttl", "fallback"}) fields.ignore(known);
    fields.finish();
    if (fault) return refuse(422, 21, fault.message(), true);
    if (from != config().channel) return refuse(404, 20, "channel not found", true);
    if (!to.starts_with('+') || !all_digits(to.substr(1))) return refuse(422, 21, "to must be +digits", true);
    if (const std::string wrong = fault_of(type, *content); !wrong.empty())
        return refuse(422, 21, wrong, true);
    if (!world_.within_rate(Provider::messagebird_conversations, from, config().rate))
        return refuse(429, 101, "too many requests", false);
    const std::string ref = source ? (*source)["ref"].scalar() : std::string();
    const std::string name = (*content)["hsm"]["templateName"].scalar(), text = (*content)["text"].scalar();
    Message message;
    message.provider = Provider::messagebird_conversations;
    message.to = std::stoull(to.substr(1));
    message.whatsapp = true;
    message.kind = type;
    message.template_name = name;
    message.text = text;
    message.ref = ref;
    message.callback = callback;
    message.sender = from;
    const Outcome outcome = world_.take(message);
    if (outcome.refused)
        return refuse(outcome.refused == 429 ? 429 : 422, outcome.refused, "refused by the simulation",
                      false);
    if (outcome.unanswered) return no_answer();
    return json(Json{{"id", world_.ledger().id(*outcome.n)}, {"status", "accepted"}}, 202);
}

bool Conversations::reports(const Entry& entry) const { return !world_.ledger().callback(entry).empty(); }

Post Conversations::signed_post(std::string url, const Json& body, const std::string& id) const {
    Post post = json_post(std::move(url), body.dump());
    const std::string jwt = messagebird_jwt(config().signing_key, now_ms() / 1000, id, post.url, post.body);
    post.headers = "MessageBird-Signature-JWT: " + jwt + "\r\n";
    return post;
}

// To a message's own reportUrl: the message as it now is.
Post Conversations::statuses(const std::vector<Event>& events) const {
    const Ledger& ledger = world_.ledger();
    const Event& event = events.front();
    const Entry& entry = ledger[event.n];
    Json body{{"id", ledger.id(event.n)},
              {"channelId", config().channel},
              {"platform", "whatsapp"},
              {"direction", "sent"},
              {"to", plus_digits(entry)},
              {"status", name_of(event.status)},
              {"source", Json{{"ref", ledger.ref(entry)}}},
              {"updatedDatetime", bird_time(entry.at + entry.timeline.at(event.status))}};
    if (event.status == Status::failed)
        body.set("error", Json{{"code", entry.timeline.code}, {"description", "failed by the simulation"}});
    return signed_post(std::string(ledger.callback(entry)), body, ledger.id(event.n));
}

Post Conversations::inbound(Inbound inbound, const std::string& token) const {
    if (!inbound.whatsapp) throw dakiya::JsonError("this channel is WhatsApp only");
    const std::string kind = kind_of_file(inbound.file_type), type = kind == "document" ? "file" : kind;
    Json content{{"text", inbound.text}};
    if (!inbound.file.empty()) {
        const std::string url = "https://media.messagebird.com" + std::string(files) + inbound.file;
        content = Json::object();
        content.set(type, Json{{"url", url}, {"caption", inbound.text}});
    }
    const Json message{{"id", token},
                       {"conversationId", "c" + token},
                       {"channelId", config().channel},
                       {"platform", "whatsapp"},
                       {"direction", "received"},
                       {"status", "received"},
                       {"type", inbound.file.empty() ? "text" : type},
                       {"content", std::move(content)},
                       {"createdDatetime", bird_time(inbound.at)}};
    const Json contact{{"id", "k" + token},
                       {"msisdn", static_cast<std::int64_t>(std::stoull(inbound.from))},
                       {"displayName", inbound.name}};
    return signed_post(config().webhook_url,
                       Json{{"type", "message.created"}, {"contact", contact}, {"message", message}}, token);
}

const Role messagebird_conversations_role = {
    .name = "messagebird-conversations",
    .throttled = 429,
    .failed = 131026,
    .retries = 5,
    .gives_files = true,
    .defaults = conversations_defaults,
    .read = any_section<read_conversations>,
    .make = make_player<Conversations>,
    .id = [](const Ledger& ledger, std::size_t n) { return ledger.token(n); },
    .address = plus_digits,
};

}  // namespace sim
