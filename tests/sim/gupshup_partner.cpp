#include "gupshup_partner.hpp"

#include "file_replies.hpp"
#include "gupshup.hpp"
#include "meta_message.hpp"
#include "text.hpp"

namespace sim {

using dakiya::Json;

namespace {

constexpr std::size_t logins_a_minute = 10;
constexpr std::int64_t minute_ms = 60'000;
constexpr std::int64_t grace_ms = 1'000;  // a request may have been on its way when its token ended

Reply said(int status, std::string_view words) {
    return {status, Json{{"status", "error"}, {"message", words}}.dump()};
}

Reply success(Json body) {
    body.set("status", "success");
    return {200, body.dump()};
}

}  // namespace

const char* const gupshup_partner_defaults = R"json({
  "email": "ops@acme.example", "client_secret": "sim-partner-secret-4f5e6d7c",
  "app_id": "b2c3d4e5-0000-4000-8000-1234567890ab", "source": "15550783881", "webhook_url": "",
  "token_life_ms": 86400000, "revoke_after": 0, "rate": {"per_second": 0, "burst": 0},
  "templates": [
    {"id": "d6aecef6-bcb0-4fb1-8100-28c094e3bc6b", "elementName": "order_update", "languageCode": "en_US",
     "category": "UTILITY", "templateType": "TEXT", "status": "APPROVED", "quality": "GREEN",
     "containerMeta": {"data": "Hi {{1}}, order {{2}} shipped.", "header": "", "footer": "Acme", "buttons": []}},
    {"id": "d6aecef6-bcb0-4fb1-8100-28c094e3bc6d", "elementName": "old_offer", "languageCode": "en_US",
     "category": "MARKETING", "templateType": "TEXT", "status": "DESACTIVATED", "quality": "RED",
     "containerMeta": {"data": "Old", "header": "", "footer": "", "buttons": []}}
  ]
})json";

GupshupPartnerConfig read_gupshup_partner(Fields& fields, Fault& fault) {
    GupshupPartnerConfig config;
    config.email = fields.text("email", Fields::required);
    config.client_secret = fields.text("client_secret", Fields::required);
    config.app_id = fields.text("app_id", Fields::required);
    config.meta.display_phone_number = fields.text("source", Fields::required);
    config.meta.phone_number_id = config.meta.display_phone_number;
    config.meta.webhook_url = fields.text("webhook_url", Fields::required, 2000, 0);
    config.token_life_ms = fields.whole("token_life_ms", 86'400'000, 1, 1'000'000'000);
    config.revoke_after = fields.whole("revoke_after", 0, 0, 1'000'000'000);
    config.meta.rate = read_rate(fields, fault);
    if (const Json* list = fields.list("templates", Fields::required, 10'000, 0)) {
        config.templates = *list;
        for (const Json& made : *list)
            config.meta.shapes[made.value("elementName", "") + ' ' + made.value("languageCode", "")] =
                shape_of({{"status", made["status"]}, {"components", gupshup_components(made)}});
    }
    return config;
}

void GupshupPartner::reset() {
    partner_token_.clear();
    ends_.clear();
    logins_.clear();
    taken_ = 0;
}

Reply GupshupPartner::refuse(int status, std::string_view words, bool violation) {
    if (violation) world_.violation(Provider::gupshup_partner, std::string(words));
    world_.refuse(Provider::gupshup_partner, status);
    return said(status, words);
}

Reply GupshupPartner::answer(const Request& request) {
    if (request.path == "/partner/account/login") return login(request);
    const std::string app = "/partner/app/" + config().app_id;
    if (!request.path.starts_with(app + '/')) return refuse(400, "Invalid App Details");
    const std::string_view path = request.path.substr(app.size());
    if (path == "/token") return app_token(request);
    if (!admits(request.header("authorization"))) return refuse(401, "Unauthorised access");
    return with_token(request, path);
}

Reply GupshupPartner::login(const Request& request) {
    const std::int64_t now = now_ms();
    while (!logins_.empty() && logins_.front() <= now - minute_ms) logins_.pop_front();
    logins_.push_back(now);
    if (logins_.size() > logins_a_minute) return refuse(429, "Too Many Requests", true);
    if (request.method != "POST" || request.content_type() != "application/x-www-form-urlencoded")
        return refuse(400, "a form is needed", true);
    const Form form = parse_form(request.body);
    if (field(form, "email") != config().email || field(form, "password") != config().client_secret)
        return refuse(401, "Invalid credentials");
    partner_token_ = "eyJhbGciOiJIUzI1NiJ9." + world_.ledger().token(world_.next_number());
    return {200, Json{{"token", partner_token_}, {"id", 123}, {"email", config().email}}.dump()};
}

// The same token until it ends.
Reply GupshupPartner::app_token(const Request& request) {
    if (request.method != "GET") return refuse(404, "no such call", true);
    if (partner_token_.empty() || request.header("authorization") != partner_token_)
        return refuse(401, "Unauthorised access", true);
    const std::int64_t now = now_ms();
    std::string token;
    for (const auto& [made, end] : ends_)
        if (end > now) token = made;
    if (token.empty()) {
        token = "sk_" + world_.ledger().token(world_.next_number());
        ends_[token] = now + config().token_life_ms;
    }
    return success({{"token", Json{{"token", token},
                                   {"createdOn", now},
                                   {"modifiedOn", now},
                                   {"expiresOn", ends_[token]},
                                   {"active", true}}}});
}

// Whoever was told when a token ends does not show it later.
bool GupshupPartner::admits(std::string_view token) {
    const auto found = ends_.find(token);
    const std::int64_t now = now_ms();
    if (found == ends_.end()) {
        const bool revoked = config().revoke_after > 0 && taken_ >= config().revoke_after;
        if (!revoked) world_.violation(Provider::gupshup_partner, "a token that was never given");
        return false;
    }
    if (now >= found->second + grace_ms)
        world_.violation(Provider::gupshup_partner, "a token whose end was told is still used");
    return now < found->second;
}

Reply GupshupPartner::with_token(const Request& request, std::string_view path) {
    const std::string_view method = request.method;
    constexpr std::string_view one_template = "/template/";
    if (method == "POST" && path == "/v3/message") return message(request, false);
    if (method == "POST" && path == "/v3/mmlite/message") return message(request, true);
    constexpr std::string_view one_file = "/media/";
    if (method == "POST" && path == "/media") return upload(request);
    if (method == "GET" && path.starts_with(one_file)) {
        const File* file = world_.files().find(Provider::gupshup_partner, path.substr(one_file.size()));
        return file ? file_reply(*file) : refuse(404, "Media not found");
    }
    if (method == "GET" && path == "/health") return success({{"healthy", true}});
    if (method == "GET" && path == "/wallet/balance")
        return success({{"walletResponse", Json{{"currentBalance", 12.3}, {"currency", "USD"}}}});
    if (method == "POST" && path == "/subscription") return success({{"subscription", Json{{"id", "1"}}}});
    if (method == "GET" && path == "/templates") {
        Json templates = Json::array();
        for (const Json& made : config().templates)
            templates.push_back(gupshup_listed(made, config().app_id));
        return success({{"templates", std::move(templates)}});
    }
    if (method == "POST" && path == "/templates") return create(request);
    if (method == "DELETE" && path.starts_with(one_template)) return remove(path.substr(one_template.size()));
    return refuse(404, "no such call: " + std::string(request.path), true);
}

Reply GupshupPartner::upload(const Request& request) {
    const auto file = gupshup_upload(request);
    if (!file) return refuse(400, "file and file_type are needed", true);
    world_.ledger().uploaded(Provider::gupshup_partner);
    return success({{"mediaId", world_.files().add(Provider::gupshup_partner, *file)}});
}

Reply GupshupPartner::message(const Request& request, bool marketing) {
    if (request.content_type() != "application/json") return refuse(400, "JSON is needed", true);
    Fault fault;
    const Json body = read_json(request.body, fault);
    if (fault) return refuse(400, fault.message(), true);
    MetaMessage read;
    if (const MetaRefusal wrong = check_meta_message(body, config().meta, marketing, read))
        return refuse(400, std::to_string(wrong.code) + ": " + wrong.details, wrong.violation);
    for (const std::string_view id : read.media_ids)
        if (!world_.files().find(Provider::gupshup_partner, id))
            return refuse(400, "the media id is not known", true);
    if (!world_.within_rate(Provider::gupshup_partner, "app", config().meta.rate))
        return refuse(429, "Too Many Requests");
    const Outcome outcome =
        world_.take(ledger_message(Provider::gupshup_partner, read, config().meta.display_phone_number));
    if (outcome.refused)
        return said(outcome.refused >= 400 && outcome.refused < 600 ? outcome.refused : 400,
                    "refused by the simulation");
    if (outcome.n && ++taken_ == config().revoke_after) ends_.clear();
    if (outcome.unanswered) return no_answer();
    // The id is Gupshup's, not WhatsApp's.
    return json(Json{{"messaging_product", "whatsapp"},
                     {"messages", Json::array({Json{{"id", world_.ledger().id(*outcome.n)}}})}});
}

Reply GupshupPartner::create(const Request& request) {
    const Form form = parse_form(request.body);
    for (const char* name :
         {"elementName", "languageCode", "category", "templateType", "vertical", "content", "example"})
        if (field(form, name).empty()) return refuse(400, std::string(name) + " is missing", true);
    Json made{{"id", uuid_of(world_.ledger().token(world_.next_number()))}, {"status", "PENDING"}};
    for (const char* name : {"elementName", "languageCode", "category", "templateType"})
        made.set(name, field(form, name));
    made.set("containerMeta", Json{{"data", field(form, "content")},
                                   {"header", field(form, "header")},
                                   {"footer", field(form, "footer")},
                                   {"buttons", Json::array()}});
    Json templates = config().templates;
    templates.push_back(made);
    return change(std::move(templates), {{"template", gupshup_listed(made, config().app_id)}});
}

Reply GupshupPartner::remove(std::string_view name) {
    Json kept = Json::array();
    for (const Json& made : config().templates)
        if (made.value("elementName", "") != name) kept.push_back(made);
    if (kept.size() == config().templates.size()) return refuse(400, "Template does not exist");
    return change(std::move(kept), Json::object());
}

Reply GupshupPartner::change(Json templates, const Json& answer) {
    const Json section{{"templates", std::move(templates)}};
    const Fault wrong = world_.configure(merged(world_.document(), Json{{"gupshup-partner", section}}));
    return wrong ? refuse(400, wrong.message()) : success(answer);
}

}  // namespace sim
