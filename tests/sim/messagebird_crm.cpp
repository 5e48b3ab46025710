#include "messagebird_crm.hpp"

#include <algorithm>

#include "file_replies.hpp"
#include "messagebird_payloads.hpp"
#include "text.hpp"

namespace sim {

using dakiya::Json;

namespace {

constexpr std::string_view media_host = "https://media.nest.messagebird.com", storage = "/uploads";

}  // namespace

const char* const bird_crm_defaults = R"json({
  "access_key": "simBirdCrmAccessKey0123456789", "signing_key": "sim-bird-crm-signing-key", "webhook_url": "",
  "workspace": "22222222-0000-4000-8000-000000000001", "sms_channel": "33333333-0000-4000-8000-000000000001",
  "whatsapp_channel": "33333333-0000-4000-8000-000000000002", "projects": ["aaaaaaaa-0000-4000-8000-000000000001"],
  "rate": {"per_second": 0, "burst": 0}
})json";

BirdCrmConfig read_bird_crm(Fields& fields, Fault& fault) {
    BirdCrmConfig config;
    config.access_key = fields.text("access_key", Fields::required);
    config.signing_key = fields.text("signing_key", Fields::required);
    config.webhook_url = fields.text("webhook_url", Fields::required, 2000, 0);
    config.workspace = fields.text("workspace", Fields::required);
    config.sms_channel = fields.text("sms_channel", Fields::required);
    config.whatsapp_channel = fields.text("whatsapp_channel", Fields::required);
    config.projects = read_texts(fields, "projects");
    config.rate = read_rate(fields, fault);
    return config;
}

Reply BirdCrm::refuse(int status, std::string_view code, std::string_view words, bool violation) {
    if (violation) world_.violation(Provider::messagebird_crm, std::string(words));
    world_.refuse(Provider::messagebird_crm, status);
    return {status, Json{{"code", code}, {"message", words}}.dump()};
}

Reply BirdCrm::answer(const Request& request) {
    return request.path == storage ? put(request) : route(request);
}

Reply BirdCrm::route(const Request& request) {
    if (request.header("authorization") != "AccessKey " + config().access_key)
        return refuse(401, "Unauthorized", "the access key is wrong", false);
    const std::string base = "/workspaces/" + config().workspace;
    const std::string_view path = request.path;
    for (const bool whatsapp : {false, true}) {
        const std::string& id = whatsapp ? config().whatsapp_channel : config().sms_channel;
        const std::string channel = base + "/channels/" + id;
        if (request.method == "GET" && path == channel)
            return {200, Json{{"id", id}, {"name", "Simulated"}}.dump()};
        if (request.method == "POST" && path == channel + "/messages") return send(request, whatsapp);
        if (request.method == "POST" && path == channel + "/presigned-upload") return lend(request);
    }
    if (request.method == "GET" && path.starts_with(bird_files)) {
        const File* file = world_.files().find(Provider::messagebird_crm, path.substr(bird_files.size()));
        return file ? file_reply(*file) : refuse(404, "NotFound", "there is no such file", false);
    }
    for (const std::string& project : config().projects)
        if (request.method == "GET" && path == base + "/projects/" + project + "/channel-templates") {
            const Json made{{"id", "t1"},
                            {"status", "active"},
                            {"defaultLocale", "en"},
                            {"variables", Json::array({Json{{"key", "1"}}, Json{{"key", "2"}}})}};
            return {200, Json{{"results", Json::array({made})}}.dump()};
        }
    return refuse(404, "NotFound", "no such path: " + std::string(path), true);
}

Reply BirdCrm::lend(const Request& request) {
    Fault fault;
    const Json document = read_json(request.body, fault);
    Fields fields(document, nullptr, "", fault);
    const std::string type(fields.text("contentType", Fields::required, 255));
    fields.finish();
    if (fault) return refuse(422, "InvalidPayload", fault.message(), true);
    const std::string id = world_.files().new_id();
    const Pass pass = Files::pass(id, now_ms() + world_.config().file_address_ms);
    return json(Json{
        {"mediaUrl", std::string(media_host) + std::string(bird_files) + id},
        {"uploadUrl", "https://bird-in.s3.eu-west-1.amazonaws.com" + std::string(storage)},
        {"uploadMethod", "POST"},
        {"uploadFormData",
         Json{{"key", id}, {"policy", pass.until}, {"signature", pass.signature}, {"Content-Type", type}}}});
}

// As S3 takes forms: its fields in any order, but the file last.
// https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-HTTPPOSTForms.html
Reply BirdCrm::put(const Request& request) {
    if (!request.header("authorization").empty())
        world_.violation(Provider::messagebird_crm, "the access key goes to storage, a stranger");
    const auto parts = parse_multipart(request.header("Content-Type"), request.body);
    if (request.method != "POST" || !parts || parts->empty() || parts->back().name != "file")
        return {400, "<Error><Code>MalformedPOSTRequest</Code></Error>", "application/xml"};
    const auto text = [&](std::string_view name) {
        const Part* part = find(*parts, name);
        return part ? std::string(part->data) : std::string();
    };
    if (!Files::holds(text("key"), {text("policy"), text("signature")}, now_ms()))
        return {403, "<Error><Code>AccessDenied</Code></Error>", "application/xml"};
    world_.ledger().uploaded(Provider::messagebird_crm);
    world_.files().put(Provider::messagebird_crm, text("key"),
                       {text("Content-Type"), std::string(parts->back().data)});
    return {204, ""};
}

// What is wrong with a body of a file; empty when nothing is, or it is another body.
std::string BirdCrm::fault_of(const Json& body) const {
    const std::string type = body["type"].scalar(),
                      address = std::string(media_host) + std::string(bird_files);
    if (type != "image" && type != "file") return "";
    for (const Json& one : body[type][type == "image" ? "images" : "files"]) {
        const std::string url = one["mediaUrl"].scalar();
        if (!url.starts_with("https://")) return "a file needs its mediaUrl";
        const bool ours = url.starts_with(address);
        if (ours && !world_.files().find(Provider::messagebird_crm, url.substr(address.size())))
            return "nothing was put at " + url;
        return "";
    }
    return "there is no file";
}

Reply BirdCrm::send(const Request& request, bool whatsapp) {
    Fault fault;
    const Json document = read_json(request.body, fault);
    if (fault) return refuse(422, "InvalidPayload", fault.message(), true);
    Fields fields(document, nullptr, "", fault);
    const Json* receiver = fields.object("receiver", Fields::required);
    const Json* body = fields.object("body");
    const Json* made = fields.object("template");
    const std::string ref(fields.text("reference", Fields::optional, 500));
    fields.ignore("tags");
    fields.finish();
    if (fault) return refuse(422, "InvalidPayload", fault.message(), true);
    if ((body != nullptr) == (made != nullptr))
        return refuse(422, "InvalidPayload", "a body or a template, not both", true);
    if (const std::string wrong = body ? fault_of(*body) : ""; !wrong.empty())
        return refuse(422, "InvalidPayload", wrong, true);
    const Json& contacts = (*receiver)["contacts"];
    if (!contacts.is_array() || contacts.size() != 1 ||
        contacts.at(0)["identifierKey"].scalar() != "phonenumber")
        return refuse(422, "InvalidPayload", "one contact with a phonenumber is needed", true);
    const std::string number = contacts.at(0)["identifierValue"].scalar();
    if (!number.starts_with('+')) return refuse(422, "InvalidPayload", "the number has no +", true);
    const auto& projects = config().projects;
    if (made && std::find(projects.begin(), projects.end(), (*made)["projectId"].scalar()) == projects.end())
        return refuse(422, "InvalidPayload", "no such template project", true);
    if (!world_.within_rate(Provider::messagebird_crm, whatsapp ? "whatsapp" : "sms", config().rate))
        return refuse(429, "TooManyRequests", "too many requests", false);
    const std::string text = body ? (*body)["text"]["text"].scalar() : std::string();
    const std::string kind = made ? "template" : (*body)["type"].scalar();
    const std::string params = made ? (*made)["parameters"].dump() : std::string();
    Message message;
    message.provider = Provider::messagebird_crm;
    message.to = digits_of(number).value_or(0);
    message.whatsapp = whatsapp;
    message.kind = kind;
    message.text = text;
    message.params = params;
    message.ref = ref;
    message.sender = whatsapp ? config().whatsapp_channel : config().sms_channel;
    const Outcome outcome = world_.take(message);
    if (outcome.refused)
        return refuse(outcome.refused == 429 ? 429 : 422, "Refused", "refused by the simulation", false);
    if (outcome.unanswered) return no_answer();
    return json(Json{{"id", world_.ledger().id(*outcome.n)},
                     {"reference", ref},
                     {"status", "accepted"},
                     {"direction", "outgoing"}},
                202);
}

std::string bird_crm_signature(std::string_view key, std::string_view time, std::string_view url,
                               std::string_view body) {
    std::string text(time);
    text.append("\n").append(url).append("\n").append(sha256(body));
    return base64(hmac_sha256(key, text));
}

Post BirdCrm::signed_post(const Json& body) const {
    Post post = json_post(config().webhook_url, body.dump());
    const std::string time = std::to_string(now_ms() / 1000);
    post.headers = "messagebird-request-timestamp: " + time + "\r\nmessagebird-signature: " +
                   bird_crm_signature(config().signing_key, time, post.url, post.body) + "\r\n";
    return post;
}

bool BirdCrm::reports(const Entry& /*entry*/) const { return !config().webhook_url.empty(); }

Post BirdCrm::statuses(const std::vector<Event>& events) const {
    const Ledger& ledger = world_.ledger();
    const Event& event = events.front();
    const Entry& entry = ledger[event.n];
    const bool failed = event.status == Status::failed;
    Json payload{{"id", ledger.id(event.n)},
                 {"channelId", ledger.name(entry.sender)},
                 {"reference", ledger.ref(entry)},
                 {"status", failed ? "delivery_failed" : name_of(event.status)},
                 {"direction", "outgoing"},
                 {"lastStatusAt", bird_time(entry.at + entry.timeline.at(event.status))}};
    payload.set("receiver", Json{{"contacts", Json::array({Json{{"identifierKey", "phonenumber"},
                                                                {"identifierValue", plus_digits(entry)}}})}});
    if (failed)
        payload.set("failure",
                    Json{{"code", entry.timeline.code == 1 ? 15005 : 15001}, {"description", "simulated"}});
    // Some events nest the message.
    if (event.n % 2 == 1) payload = Json{{"message", std::move(payload)}};
    return signed_post(Json{{"service", "channels"},
                            {"event", entry.whatsapp ? "whatsapp.outbound" : "sms.outbound"},
                            {"payload", std::move(payload)}});
}

namespace {

Json file_body(const Inbound& inbound) {
    const std::string url = std::string(media_host) + std::string(bird_files) + inbound.file;
    Json files = Json::array({Json{{"mediaUrl", url}, {"contentType", inbound.file_type}}});
    if (kind_of_file(inbound.file_type) == "image")
        return {{"type", "image"}, {"image", Json{{"images", std::move(files)}, {"text", inbound.text}}}};
    return {{"type", "file"}, {"file", Json{{"files", std::move(files)}}}};
}

}  // namespace

Post BirdCrm::inbound(Inbound inbound, const std::string& token) const {
    Json contact{{"identifierKey", "phonenumber"}, {"identifierValue", '+' + inbound.from}};
    contact.set("annotations", Json{{"name", inbound.name}});
    Json text{{"text", inbound.text}};
    if (!inbound.button_payload.empty()) {
        const Json tap{{"text", inbound.text}, {"payload", inbound.button_payload}};
        text.set("actions", Json::array({Json{{"type", "postback"}, {"postback", tap}}}));
    }
    Json payload{{"id", token},
                 {"direction", "incoming"},
                 {"status", "delivered"},
                 {"createdAt", bird_time(inbound.at)}};
    payload.set("sender", Json{{"contact", std::move(contact)}});
    payload.set("body", inbound.file.empty() ? Json{{"type", "text"}, {"text", std::move(text)}}
                                             : file_body(inbound));
    return signed_post(Json{{"service", "channels"},
                            {"event", inbound.whatsapp ? "whatsapp.inbound" : "sms.inbound"},
                            {"payload", std::move(payload)}});
}

const Role messagebird_crm_role = {
    .name = "messagebird-crm",
    .throttled = 429,
    .failed = 1,
    .retries = 5,
    .gives_files = true,
    .defaults = bird_crm_defaults,
    .read = any_section<read_bird_crm>,
    .make = make_player<BirdCrm>,
    .id = [](const Ledger& ledger, std::size_t n) { return ledger.token(n); },
    .address = plus_digits,
};

}  // namespace sim
