#include "messagebird_legacy.hpp"

#include "messagebird_payloads.hpp"
#include "text.hpp"

namespace sim {

using dakiya::Json;

const char* const old_messagebird_defaults = R"json({
  "access_key": "simOldMessageBirdKey01234", "signing_key": "36efdd1aace2e26cd490f0d951138253", "inbound_url": "",
  "rate": {"per_second": 0, "burst": 0}
})json";

OldMessageBirdConfig read_old_messagebird(Fields& fields, Fault& fault) {
    OldMessageBirdConfig config;
    config.access_key = fields.text("access_key", Fields::required);
    config.signing_key = fields.text("signing_key", Fields::required);
    config.inbound_url = fields.text("inbound_url", Fields::required, 2000, 0);
    config.rate = read_rate(fields, fault);
    return config;
}

namespace {

const char* word_of(Status status) {
    if (status == Status::failed) return "delivery_failed";
    return status == Status::delivered || status == Status::read ? "delivered" : "sent";
}

std::string base64url(std::string_view bytes) {
    std::string text = base64(bytes);
    while (!text.empty() && text.back() == '=') text.pop_back();
    for (char& c : text) c = c == '+' ? '-' : c == '/' ? '_' : c;
    return text;
}

}  // namespace

std::string messagebird_jwt(std::string_view key, std::int64_t now_s, std::string_view id,
                            std::string_view url, std::string_view body) {
    Json claims{{"iss", "MessageBird"},
                {"nbf", now_s},
                {"exp", now_s + 60},
                {"jti", id},
                {"url_hash", hex(sha256(url))}};
    if (!body.empty()) claims.set("payload_hash", hex(sha256(body)));
    const std::string text = base64url(R"({"alg":"HS256","typ":"JWT"})") + "." + base64url(claims.dump());
    return text + "." + base64url(hmac_sha256(key, text));
}

Reply OldMessageBird::refuse(int status, int code, std::string_view words, std::string_view parameter,
                             bool violation) {
    if (violation)
        world_.violation(Provider::messagebird_legacy, std::string(parameter) + " " + std::string(words));
    world_.refuse(Provider::messagebird_legacy, code);
    Json error{{"code", code}, {"description", words}, {"parameter", parameter}};
    return {status, Json{{"errors", Json::array({std::move(error)})}}.dump()};
}

Reply OldMessageBird::answer(const Request& request) {
    if (request.header("authorization") != "AccessKey " + config().access_key)
        return refuse(401, 2, "Request not allowed (incorrect access_key)", "access_key", false);
    if (request.method == "GET" && request.path == "/balance")
        return {200, R"({"payment":"prepaid","type":"euros","amount":9.2})"};
    if (request.method == "POST" && request.path == "/messages") return send(request);
    constexpr std::string_view one = "/messages/";
    if (request.method == "GET" && request.path.starts_with(one)) {
        const auto n = world_.ledger().number_of(request.path.substr(one.size()));
        if (!n || *n >= world_.ledger().size()) return refuse(404, 20, "message not found", "", false);
        return {200, resource(static_cast<std::size_t>(*n)).dump()};
    }
    return refuse(404, 98, "no such path: " + std::string(request.path), "", true);
}

// Numbers come back as integers, and without a reference no report is ever sent.
Json OldMessageBird::resource(std::size_t n) const {
    const Entry& entry = world_.ledger()[n];
    const char* word = word_of(entry.timeline.after(now_ms() - entry.at));
    const Json item{
        {"recipient", static_cast<std::int64_t>(entry.to)}, {"status", word}, {"messagePartCount", 1}};
    return {{"id", world_.ledger().id(n)},
            {"reference", world_.ledger().ref(entry)},
            {"recipients", Json{{"totalCount", 1}, {"items", Json::array({item})}}}};
}

Reply OldMessageBird::send(const Request& request) {
    Fault fault;
    const Json body = read_json(request.body, fault);
    if (fault) return refuse(400, 21, fault.message(), "", true);
    Fields fields(body, nullptr, "", fault);
    const std::string sender(fields.text("originator", Fields::required, 17));
    const std::string text(fields.text("body", Fields::required, 1377));
    const std::string ref(fields.text("reference", Fields::optional, 128));
    const std::string callback(fields.text("reportUrl", Fields::optional, 2000));
    const Json* recipients = fields.list("recipients", Fields::required, 50);
    for (const char* known : {"type", "datacoding", "validity"}) fields.ignore(known);
    fields.finish();
    if (fault) return refuse(422, 10, fault.text, fault.path, true);
    if (recipients->size() != 1 || !all_digits(recipients->at(0).scalar()))
        return refuse(422, 10, "the simulation takes one number of digits", "recipients", true);
    if (ref.empty()) world_.violation(Provider::messagebird_legacy, "without a reference there is no report");
    if (!world_.within_rate(Provider::messagebird_legacy, sender, config().rate))
        return refuse(429, 101, "too many requests", "", false);
    Message message;
    message.provider = Provider::messagebird_legacy;
    message.to = digits_of(recipients->at(0).scalar()).value_or(0);
    message.kind = "text";
    message.text = text;
    message.ref = ref;
    message.callback = callback;
    message.sender = sender;
    const Outcome outcome = world_.take(message);
    if (outcome.refused)
        return refuse(outcome.refused == 429 ? 429 : 422, outcome.refused, "refused by the simulation",
                      "recipients", false);
    return outcome.unanswered ? no_answer() : json(resource(*outcome.n), 201);
}

bool OldMessageBird::reports(const Entry& entry) const {
    return !world_.ledger().callback(entry).empty() && !world_.ledger().ref(entry).empty();
}

Post OldMessageBird::signed_form(std::string url, std::string body, const std::string& id) const {
    Post post;
    post.url = std::move(url);
    post.content_type = "application/x-www-form-urlencoded";
    post.body = std::move(body);
    const std::string jwt = messagebird_jwt(config().signing_key, now_ms() / 1000, id, post.url, post.body);
    post.headers = "MessageBird-Signature-JWT: " + jwt + "\r\n";
    return post;
}

Post OldMessageBird::statuses(const std::vector<Event>& events) const {
    const Ledger& ledger = world_.ledger();
    const Event& event = events.front();
    const Entry& entry = ledger[event.n];
    const bool failed = event.status == Status::failed;
    const Form form{{"id", ledger.id(event.n)},
                    {"reference", std::string(ledger.ref(entry))},
                    {"recipient", plain_digits(entry)},
                    {"status", word_of(event.status)},
                    {"statusReason", failed ? "unknown subscriber" : "successfully delivered"},
                    {"statusDatetime", bird_time(entry.at + entry.timeline.at(event.status))},
                    {"statusErrorCode", failed ? std::to_string(entry.timeline.code) : "0"},
                    {"messagePartCount", "1"},
                    {"price[amount]", "0.0100"},
                    {"price[currency]", "EUR"}};
    return signed_form(std::string(ledger.callback(entry)), encode_form(form), ledger.id(event.n));
}

// As a flow forwards it.
Post OldMessageBird::inbound(Inbound inbound, const std::string& token) const {
    if (inbound.whatsapp) throw dakiya::JsonError("WhatsApp is the account messagebird-conversations");
    const Form form{{"id", token},
                    {"originator", inbound.from},
                    {"recipient", "14155550100"},
                    {"body", inbound.text},
                    {"createdDatetime", bird_time(inbound.at)}};
    return signed_form(config().inbound_url, encode_form(form), token);
}

const Role messagebird_legacy_role = {
    .name = "messagebird-legacy",
    .throttled = 429,
    .failed = 1,
    .retries = 5,
    .defaults = old_messagebird_defaults,
    .read = any_section<read_old_messagebird>,
    .make = make_player<OldMessageBird>,
    .id = [](const Ledger& ledger, std::size_t n) { return ledger.token(n); },
    .address = plain_digits,
};

}  // namespace sim
