#include "meta.hpp"

#include "file_replies.hpp"
#include "meta_errors.hpp"
#include "text.hpp"

#include <algorithm>

namespace sim {
namespace {

using dakiya::Json;

constexpr std::size_t max_message_body = 256 * 1024;

// "v25.0" → 25; 0 when it is not a version.
int version_number(std::string_view text) {
    if (!text.starts_with('v') || !text.ends_with(".0")) return 0;
    text = text.substr(1, text.size() - 3);
    return all_digits(text) && text.size() <= 3 ? std::stoi(std::string(text)) : 0;
}

}  // namespace

Reply Meta::answer(const Request& request) {
    if (request.path == meta_attachments) return download(request);
    std::vector<std::string_view> steps =
        split(request.path.substr(std::min<std::size_t>(1, request.path.size())), '/');
    Call call{request, steps[0], {}, {}, request.query.empty() ? Form{} : parse_form(request.query)};
    if (steps.size() > 1) call.object = steps[1];
    if (steps.size() > 2) call.edge = steps[2];
    if (const MetaRefusal refusal = check_caller(call)) return refuse(refusal);
    if (steps.size() > 3) return refuse(100, "Unknown path components: " + std::string(request.path), true);
    return route(call);
}

Reply Meta::refuse(const MetaRefusal& refusal) {
    if (refusal.violation)
        world_.violation(Provider::meta, std::to_string(refusal.code) + ": " + refusal.details);
    world_.refuse(Provider::meta, refusal.code);
    return meta_error(refusal.code, refusal.details, world_.ledger().token(world_.next_number()));
}

MetaRefusal Meta::check_caller(const Call& call) {
    const int version = version_number(call.version);
    // v20.0 ended on 24 Sep 2026, v26.0 is the newest: developers.facebook.com/docs/graph-api/changelog
    if (version < 21 || version > 26)
        return {100,
                "the path must start with a version from v21.0 to v26.0, not " + std::string(call.version),
                true};
    if (find(call.query, "access_token")) return {190, "the access token must not be in the address", true};
    const std::string_view header = call.request.header("Authorization");
    if (header.empty()) return {190, "Authorization header is missing", true};
    const std::string_view scheme = call.object.starts_with("upload:") ? "OAuth " : "Bearer ";
    if (!header.starts_with(scheme))
        return {190, "Authorization must be \"" + std::string(scheme) + "<token>\"", true};
    if (header.substr(scheme.size()) != config().access_token) return {190, "Error validating access token"};
    if (const std::string* proof = find(call.query, "appsecret_proof"))
        if (*proof != hex(hmac_sha256(config().app_secret, config().access_token)))
            return {100, "Invalid appsecret_proof provided in the API argument", true};
    return {};
}

Reply Meta::route(const Call& call) {
    if (call.object == config().phone_number_id) return phone(call);
    if (call.object == config().waba_id) return business(call);
    if (call.object == config().app_id && call.edge == "uploads") return open_upload(call);
    if (call.object.starts_with("upload:") && call.edge.empty()) return take_bytes(call);
    if (call.edge.empty() && world_.files().find(Provider::meta, call.object)) return file(call);
    return refuse(33, "Object with ID '" + std::string(call.object) + "' does not exist or cannot be loaded");
}

Reply Meta::phone(const Call& call) {
    const bool post = call.request.method == "POST";
    const bool get = call.request.method == "GET";
    if (post && call.edge == "messages") return send(call, false);
    if (post && call.edge == "marketing_messages") return send(call, true);
    if (post && call.edge == "media") return upload(call);
    if (get && call.edge == "message_history") return history(call);
    if (get && call.edge.empty())
        return json(
            Json{{"id", config().phone_number_id},
                 {"display_phone_number", config().display_phone_number},
                 {"verified_name", "Simulated Business"},
                 {"quality_rating", "GREEN"},
                 {"status", "CONNECTED"},
                 {"code_verification_status", "VERIFIED"},
                 {"name_status", "APPROVED"},
                 {"throughput", Json{{"level", "STANDARD"}}},
                 {"health_status", Json{{"can_send_message", "AVAILABLE"}, {"entities", Json::array()}}},
                 {"whatsapp_business_manager_messaging_limit", "TIER_UNLIMITED"}});
    return refuse(100, "Unsupported " + std::string(call.request.method) + " of " + std::string(call.edge),
                  true);
}

Reply Meta::business(const Call& call) {
    const std::string_view method = call.request.method;
    if (call.edge == "message_templates" && method == "GET") return templates(call);
    if (call.edge == "message_templates" && method == "POST") return create_template(call);
    if (call.edge == "subscribed_apps" && method == "GET") {
        Json data = Json::array();
        if (subscribed_)
            data.push_back(Json{
                {"whatsapp_business_api_data",
                 Json{{"id", config().app_id}, {"name", "Simulated app"}, {"link", "https://x.example/"}}}});
        return json(Json{{"data", std::move(data)}});
    }
    if (call.edge == "subscribed_apps" && (method == "POST" || method == "DELETE")) {
        subscribed_ = method == "POST";
        return json(Json{{"success", true}});
    }
    if (call.edge.empty() && method == "GET")
        return json(
            Json{{"id", config().waba_id},
                 {"name", "Simulated Business"},
                 {"currency", "USD"},
                 {"timezone_id", "1"},
                 {"message_template_namespace", "aaaa1111_bbbb_2222_cccc_333344445555"},
                 {"account_review_status", "APPROVED"},
                 {"health_status", Json{{"can_send_message", "AVAILABLE"}, {"entities", Json::array()}}}});
    return refuse(100, "Unsupported " + std::string(method) + " of " + std::string(call.edge), true);
}

Reply Meta::send(const Call& call, bool marketing) {
    if (call.request.content_type() != "application/json")
        return refuse(100, "Content-Type must be application/json", true);
    if (call.request.body.size() > max_message_body) return refuse(100, "the body is too large", true);
    Fault fault;
    const Json body = read_json(call.request.body, fault);
    if (fault) return refuse(100, fault.message(), true);
    MetaMessage message;
    MetaRefusal refusal = check_meta_message(body, config(), marketing, message);
    if (!refusal)
        for (const std::string_view id : message.media_ids)
            if (!world_.files().find(Provider::meta, id))
                refusal = {131009, "media id " + std::string(id) + " is not known"};
    if (refusal) return refuse(refusal);
    if (message.mark_read) return json(Json{{"success", true}});
    // Meta would prepend the business number's own country code.
    if (!message.to.starts_with('+'))
        world_.violation(Provider::meta, "\"to\" without + may reach a stranger: " + std::string(message.to));
    if (!world_.within_rate(Provider::meta, call.object, config().rate))
        return refuse(130429, "Cloud API message throughput has been reached");
    const Outcome outcome = world_.take(ledger_message(Provider::meta, message, call.object));
    if (outcome.refused)
        return meta_error(outcome.refused, "refused by the simulation",
                          world_.ledger().token(world_.next_number()));
    if (outcome.unanswered) return no_answer();

    Json sent{{"id", world_.ledger().id(*outcome.n)}};
    if (message.kind == "template") sent.set("message_status", "accepted");
    return json(Json{
        {"messaging_product", "whatsapp"},
        {"contacts", Json::array({Json{{"input", message.to}, {"wa_id", std::to_string(message.digits)}}})},
        {"messages", Json::array({std::move(sent)})}});
}

Reply Meta::upload(const Call& call) {
    File file;
    if (const MetaRefusal refusal = read_meta_upload(call.request, true, file)) return refuse(refusal);
    world_.ledger().uploaded(Provider::meta);
    return json(Json{{"id", world_.files().add(Provider::meta, std::move(file))}});
}

Reply Meta::file(const Call& call) {
    if (call.request.method == "DELETE") {
        world_.files().erase(Provider::meta, call.object);
        return json(Json{{"success", true}});
    }
    if (call.request.method != "GET") return refuse(100, "Unsupported method", true);
    return json(meta_file(world_, Provider::meta, std::string(call.object)));
}

// Asks for the token too, and turns clients away that do not say what they are.
Reply Meta::download(const Request& request) {
    if (request.header("Authorization") != "Bearer " + config().access_token)
        return refuse(190, "Error validating access token");
    if (request.header("User-Agent").empty())
        world_.violation(Provider::meta, "a download needs a User-Agent");
    const File* file = meta_attachment(world_, Provider::meta, request);
    return file ? file_reply(*file) : Reply{404, "", "text/plain"};
}

// The events of one message so far. Source: MessageHistory in Meta's OpenAPI file, v23.0.
Reply Meta::history(const Call& call) {
    const std::string id = field(call.query, "message_id");
    if (id.empty()) return refuse(131008, "message_id is required", true);
    Json data = Json::array();
    const std::string_view token = std::string_view(id).substr(std::min<std::size_t>(10, id.size()));
    const auto n = world_.ledger().number_of(token);
    if (id.starts_with("wamid.HBgM") && n && *n < world_.ledger().size()) {
        const Entry& entry = world_.ledger()[*n];
        Json events = Json::array();
        const auto add = [&](const char* status, std::int64_t at, bool acknowledged) {
            events.push_back(Json{{"id", world_.ledger().token(*n)},
                                  {"delivery_status", status},
                                  {"timestamp", at / 1000},
                                  {"webhook_update_state", acknowledged ? "DELIVERED" : "PENDING"}});
        };
        add("ACCEPTED", entry.at, true);
        const std::pair<Status, const char*> steps[] = {{Status::sent, "SENT"},
                                                        {Status::delivered, "DELIVERED"},
                                                        {Status::read, "READ"},
                                                        {Status::failed, "FAILED"}};
        const std::int64_t elapsed = now_ms() - entry.at;
        for (const auto& [status, word] : steps)
            if (const std::uint32_t at = entry.timeline.at(status); at && at <= elapsed)
                add(word, entry.at + at, (entry.acknowledged & bit(status)) != 0);
        data.push_back(Json{{"id", world_.ledger().token(*n)},
                            {"message_id", id},
                            {"events", Json{{"data", std::move(events)}}}});
    }
    return json(Json{{"data", std::move(data)}});
}

// Three pages at least when there are three templates, so that a client that stops at the first is seen.
Reply Meta::templates(const Call& call) {
    const std::string after = field(call.query, "after");
    const std::string name = field(call.query, "name");
    const std::string status = field(call.query, "status");
    Json::Array all;
    for (const Json& made : config().templates)
        if ((name.empty() || made.value("name", "").find(name) != std::string::npos) &&
            (status.empty() || made.value("status", "") == status))
            all.push_back(made);
    const std::string limit_text = field(call.query, "limit");
    if (!limit_text.empty() && (!all_digits(limit_text) || limit_text.size() > 4 || limit_text == "0"))
        return refuse(100, "limit must be a number from 1", true);
    const std::size_t limit = limit_text.empty() ? 25 : std::stoul(limit_text);
    const std::size_t page = std::min(limit, std::max<std::size_t>(1, all.size() / 3));
    std::size_t first = 0;
    if (!after.empty()) {
        const auto place = world_.ledger().number_of(hex(base64_decode(after)));
        if (!place || *place > all.size()) return refuse(100, "after is not a cursor of this list", true);
        first = *place;
    }
    const auto cursor = [&](std::size_t place) {
        std::string raw;
        const std::string token = world_.ledger().token(place);
        for (std::size_t i = 0; i < token.size(); i += 2)
            raw += static_cast<char>(std::stoi(token.substr(i, 2), nullptr, 16));
        return base64(raw);
    };
    const std::size_t end = std::min(all.size(), first + page);
    Json data = Json::array(Json::Array(all.begin() + static_cast<std::ptrdiff_t>(std::min(first, end)),
                                        all.begin() + static_cast<std::ptrdiff_t>(end)));
    Json paging{{"cursors", Json{{"before", cursor(first)}, {"after", cursor(end)}}}};
    if (end < all.size())
        paging.set("next", "https://graph.facebook.com" + std::string(call.request.path) +
                               "?limit=" + std::to_string(limit) + "&after=" + percent_encode(cursor(end)));
    return json(Json{{"data", std::move(data)}, {"paging", std::move(paging)}});
}

Reply Meta::create_template(const Call& call) {
    Fault fault;
    const Json body = read_json(call.request.body, fault);
    if (fault) return refuse(100, fault.message(), true);
    Fields fields(body, nullptr, "", fault);
    const std::string_view name = fields.text("name", Fields::required, 512);
    if (name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_") != std::string_view::npos)
        fields.fail(Fault::Kind::bad_value, "name", "may have lower case letters, digits and _ only");
    const std::string_view language = fields.text("language", Fields::required, 16);
    const std::string_view category = fields.text("category", Fields::required, 32);
    if (category != "MARKETING" && category != "UTILITY" && category != "AUTHENTICATION")
        fields.fail(Fault::Kind::bad_value, "category", "must be MARKETING, UTILITY or AUTHENTICATION");
    fields.text("parameter_format");
    fields.whole("message_send_ttl_seconds", 0, -1, 2'592'000);
    const Json* components = fields.list("components", Fields::required, 10);
    fields.flag("allow_category_change", false);
    fields.finish();
    if (fault) return refuse(refusal_of(fault));
    if (const MetaRefusal refusal = check_examples(*components)) return refuse(refusal);
    if (config().shapes.contains(std::string(name) + ' ' + std::string(language)))
        return refuse(100, "there is a template of that name and language already");
    const std::string id = std::to_string(594'425'479'300'000ULL + (world_.next_number() & 0xFFFFFFFU));
    Json made = body;
    made.set("id", id);
    made.set("status", "PENDING");
    Json document = world_.document();
    document.find("meta")->find("templates")->push_back(std::move(made));
    if (const Fault wrong = world_.configure(std::move(document))) return refuse(refusal_of(wrong));
    return json(Json{{"id", id}, {"status", "PENDING"}, {"category", category}});
}

}  // namespace sim
