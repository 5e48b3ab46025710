#include "kaleyra_v1.hpp"
#include "file_replies.hpp"
#include "kaleyra_payloads.hpp"

#include <algorithm>

namespace sim {

using dakiya::Json;

namespace {

// "Asha","7" → 2; nothing when a value is not in quotation marks, or has one inside.
std::optional<std::size_t> count_values(std::string_view params) {
    if (params.empty()) return 0;
    std::size_t count = 0;
    for (;;) {
        if (!params.starts_with('"')) return std::nullopt;
        const std::size_t end = params.find('"', 1);
        if (end == std::string_view::npos || end == 1) return std::nullopt;
        ++count;
        params.remove_prefix(end + 1);
        if (params.empty()) return count;
        if (!params.starts_with(',')) return std::nullopt;
        params.remove_prefix(1);
    }
}

bool is_known(std::string_view name) {
    static constexpr std::string_view names[] = {"channel",
                                                 "from",
                                                 "to",
                                                 "type",
                                                 "body",
                                                 "template_name",
                                                 "lang_code",
                                                 "params",
                                                 "media_url",
                                                 "payload1",
                                                 "payload2",
                                                 "payload3",
                                                 "caption",
                                                 "ref",
                                                 "ref1",
                                                 "ref2",
                                                 "source",
                                                 "callback_url",
                                                 "callback_profile_id"};
    return std::find(std::begin(names), std::end(names), name) != std::end(names);
}

// Where received files are, open to whoever has the address.
constexpr const char* files = "https://kaleyra-v1-in.s3.ap-south-1.amazonaws.com/received/";

const char* word_of(Status status) { return status == Status::accepted ? "sent" : name_of(status); }

}  // namespace

const char* const kaleyra_v1_defaults = R"json({
  "sid": "HXIN1700000001IN", "api_key": "A0123456789simKaleyraV1Key", "webhook_url": "", "number": "919800000009",
  "templates": [{"name": "order_update:en", "values": 2}, {"name": "hello:en", "values": 0},
    {"name": "offer:en", "values": 1, "header": true, "replies": 2}],
  "rate": {"per_second": 0, "burst": 0}
})json";

KaleyraV1Config read_kaleyra_v1(Fields& fields, Fault& fault) {
    KaleyraV1Config config;
    config.sid = fields.text("sid", Fields::required);
    config.api_key = fields.text("api_key", Fields::required);
    config.webhook_url = fields.text("webhook_url", Fields::required, 2000, 0);
    config.number = fields.text("number", Fields::required);
    config.rate = read_rate(fields, fault);
    if (const Json* list = fields.list("templates", Fields::required)) {
        int index = 0;
        for (const Json& item : *list) {
            Fields made(item, &fields, "templates", fault, index++);
            const std::string name(made.text("name", Fields::required));
            config.templates[name] = {static_cast<std::size_t>(made.whole("values", 0, 0, 100)),
                                      static_cast<std::size_t>(made.whole("replies", 0, 0, 3)),
                                      made.flag("header", false)};
            made.finish();
        }
    }
    return config;
}

Reply KaleyraV1::refuse(int status, std::string_view field, std::string_view words, bool violation) {
    if (violation) world_.violation(Provider::kaleyra_v1, std::string(field) + ": " + std::string(words));
    world_.refuse(Provider::kaleyra_v1, status);
    return kaleyra_error(status, field, words);
}

Reply KaleyraV1::answer(const Request& request) {
    return request.path.starts_with("/received/")
               ? stored_file(world_, Provider::kaleyra_v1, request, {"api-key", "Authorization"})
               : route(request);
}

Reply KaleyraV1::route(const Request& request) {
    const std::string v1 = "/v1/" + config().sid;
    if (request.header("api-key") != config().api_key || !request.path.starts_with("/v1/")) {
        const bool other_api = request.path.starts_with("/v2/");
        if (other_api) world_.violation(Provider::kaleyra_v1, "this number is on WhatsApp API V1");
        world_.refuse(Provider::kaleyra_v1, 401);
        return {401, R"({"code":"RBC001","message":"Unauthorized","error":{}})"};
    }
    if (request.method == "GET" && request.path == v1 + "/messages/status")
        return {200, R"({"data":[],"error":{}})"};
    if (request.method != "POST" || request.path != v1 + "/messages")
        return refuse(404, "path", "no such path: " + std::string(request.path));
    if (request.content_type() != "application/x-www-form-urlencoded")
        return refuse(400, "content-type", "a form is needed");
    return message(parse_form(request.body));
}

std::pair<std::string, std::string> KaleyraV1::fault_of(const Form& form) const {
    const std::string type = field(form, "type");
    for (const auto& [name, value] : form)
        if (!is_known(name)) return {name, "there is no such field"};
    if (type == "text") {
        const std::size_t length = count_code_points(field(form, "body"));
        return length >= 1 && length <= 4096
                   ? std::pair<std::string, std::string>{}
                   : std::pair<std::string, std::string>{"body", "1 to 4096 characters"};
    }
    const bool media = type == "media" || type == "mediatemplate";
    if (media && !field(form, "media_url").starts_with("https://")) return {"media_url", "is missing"};
    if (type == "media") return {};
    if (type != "template" && type != "mediatemplate") return {"type", "there is no type " + type};
    return fault_of_template(form);
}

std::pair<std::string, std::string> KaleyraV1::fault_of_template(const Form& form) const {
    const auto found = config().templates.find(field(form, "template_name") + ':' + field(form, "lang_code"));
    if (found == config().templates.end()) return {"template_name", "there is no such template"};
    const auto values = count_values(field(form, "params"));
    if (!values) return {"params", "each value stands in quotation marks"};
    const KaleyraV1Config::Template& made = found->second;
    if (*values != made.values) return {"params", "the template takes another number of values"};
    if ((field(form, "type") == "mediatemplate") != made.header)
        return {"type", made.header ? "the template's header needs a file" : "the template has no header"};
    for (std::size_t n = made.replies + 1; n <= 3; ++n)
        if (const std::string name = "payload" + std::to_string(n); !field(form, name).empty())
            return {name, "the template has fewer quick replies"};
    return {};
}

Reply KaleyraV1::message(const Form& form) {
    if (field(form, "channel") != "whatsapp") return refuse(400, "channel", "this number has WhatsApp only");
    if (field(form, "from") != config().number) return refuse(400, "from", "not a number of this account");
    const std::string number = field(form, "to");
    std::string_view to = number;
    if (to.starts_with('+')) to.remove_prefix(1);
    if (to.size() < 10 || to.size() > 15 || !all_digits(to)) return refuse(400, "to", "is invalid");
    if (const auto [where, words] = fault_of(form); !where.empty()) return refuse(400, where, words);
    if (!world_.within_rate(Provider::kaleyra_v1, config().number, config().rate))
        return refuse(429, "rate", "too many requests", false);
    const std::string kind = field(form, "type"), name = field(form, "template_name"),
                      text = field(form, "body"), params = field(form, "params"), ref = field(form, "ref"),
                      callback = field(form, "callback_url");
    Message message;
    message.provider = Provider::kaleyra_v1;
    message.to = std::stoull(std::string(to));
    message.whatsapp = true;
    message.kind = kind;
    message.template_name = name;
    message.text = text;
    message.params = params;
    message.ref = ref;
    message.callback = callback;
    message.sender = config().number;
    const Outcome outcome = world_.take(message);
    if (outcome.refused)
        return refuse(outcome.refused == 429 ? 429 : 400, "to", "refused by the simulation", false);
    if (outcome.unanswered) return no_answer();
    const Json taken{{"message_id", world_.ledger().id(*outcome.n)},
                     {"recipient", plus_digits(world_.ledger()[*outcome.n])}};
    return json(Json{{"id", "call"}, {"data", Json::array({taken})}, {"error", Json::object()}}, 202);
}

bool KaleyraV1::reports(const Entry& entry) const {
    return !config().webhook_url.empty() || !world_.ledger().callback(entry).empty();
}

Post KaleyraV1::statuses(const std::vector<Event>& events) const {
    const Event& event = events.front();
    const Entry& entry = world_.ledger()[event.n];
    return kaleyra_report(world_.ledger(), event, config().webhook_url, word_of(event.status),
                          event.status == Status::failed ? "not on WhatsApp" : "",
                          std::to_string((entry.at + entry.timeline.at(event.status)) / 1000));
}

Post KaleyraV1::inbound(Inbound inbound, const std::string& /*token*/) const {
    const std::string file = inbound.file.empty() ? "" : storage_address(world_, files, inbound.file);
    return json_post(config().webhook_url, kaleyra_whatsapp_body(inbound, file, config().number));
}

const Role kaleyra_v1_role = {
    .name = "kaleyra-v1",
    .throttled = 429,
    .failed = 1,
    .gives_files = true,
    .defaults = kaleyra_v1_defaults,
    .read = any_section<read_kaleyra_v1>,
    .make = make_player<KaleyraV1>,
    .id = [](const Ledger& ledger, std::size_t n) { return ledger.token(n); },
    .address = plain_digits,
};

}  // namespace sim
