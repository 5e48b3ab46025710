// Source: docs.360dialog.com (messaging, media, templates, webhook, health status, error list).
#include "dialog360.hpp"

#include "file_replies.hpp"
#include "meta_errors.hpp"

#include <algorithm>

namespace sim {
namespace {

using dakiya::Json;

// Meta has no codes from 400 to 599: those are HTTP statuses, with words of 360dialog's own.
constexpr bool is_http(int code) { return code >= 400 && code < 600; }
constexpr int most_file_errors = 20;  // within an hour; then files are closed for half an hour

// The words of the documented refusals; bodies are not uniform.
Json words_of(int status, const std::string& details) {
    if (status == 401) return Json{{"detail", "Invalid API key"}};
    if (status == 429) return Json{{"detail", "Request rate too high"}};
    if (status == 503) return Json{{"message", "Too many concurrent requests"}};
    return Json{{"meta", Json{{"success", false}, {"http_code", status}, {"developer_message", details}}}};
}

}  // namespace

Reply Dialog360::answer(const Request& request) {
    const std::string_view key = request.header("D360-API-KEY");
    if (!request.header("Authorization").empty())
        return refuse(401, "the key belongs into D360-API-KEY, not into Authorization", true);
    if (key.empty()) return refuse(401, "D360-API-KEY is missing", true);
    if (key != config().api_key) return refuse(401, "Invalid API key");
    return route(request);
}

Reply Dialog360::refuse(int code, const std::string& details, bool violation) {
    if (violation) world_.violation(Provider::dialog360, std::to_string(code) + ": " + details);
    world_.refuse(Provider::dialog360, code);
    if (is_http(code)) return json(words_of(code, details), code);
    return meta_error(code, details, world_.ledger().token(world_.next_number()));
}

Reply Dialog360::route(const Request& request) {
    const std::string_view path = request.path, method = request.method;
    const bool post = method == "POST", get = method == "GET";
    constexpr std::string_view one_template = "/v1/configs/templates/";
    if (post && path == "/messages") return send(request, false);
    if (post && path == "/marketing_messages") return send(request, true);
    if (post && path == "/media") return upload(request);
    if (get && path == "/health_status")
        return json(
            Json{{"health_status", Json{{"can_send_message", "AVAILABLE"}, {"entities", Json::array()}}}});
    if ((get || post) && path == "/v1/configs/webhook") return webhook(request);
    if (get && path == "/v1/configs/templates") return templates(request);
    if (post && path == "/v1/configs/templates") return create_template(request);
    if (method == "DELETE" && path.starts_with(one_template))
        return delete_template(path.substr(one_template.size()));
    if (get && path.starts_with(meta_attachments)) return download(request);
    if ((get || method == "DELETE") && all_digits(path.substr(std::min<std::size_t>(1, path.size()))))
        return file(request, std::string(path.substr(1)));
    return refuse(404, "no such path: " + std::string(method) + " " + std::string(path), true);
}

Reply Dialog360::send(const Request& request, bool marketing) {
    if (request.content_type() != "application/json")
        return refuse(100, "Content-Type must be application/json", true);
    Fault fault;
    const Json body = read_json(request.body, fault);
    if (fault) return refuse(100, fault.message(), true);
    MetaMessage message;
    MetaRefusal refusal = check_meta_message(body, config().meta, marketing, message);
    if (!refusal)
        for (const std::string_view id : message.media_ids)
            if (!world_.files().find(Provider::dialog360, id))
                refusal = {131009, "media id " + std::string(id) + " is not known"};
    if (refusal) return refuse(refusal.code, refusal.details, refusal.violation);
    if (message.mark_read) return json(Json{{"success", true}});
    if (!message.to.starts_with('+'))
        world_.violation(Provider::dialog360,
                         "\"to\" without + may reach a stranger: " + std::string(message.to));
    if (!world_.within_rate(Provider::dialog360, "number", config().meta.rate))
        return refuse(429, "too fast");
    const Outcome outcome =
        world_.take(ledger_message(Provider::dialog360, message, config().meta.phone_number_id));
    if (outcome.refused) {
        if (is_http(outcome.refused)) return json(words_of(outcome.refused, "by rule"), outcome.refused);
        return meta_error(outcome.refused, "refused by the simulation",
                          world_.ledger().token(world_.next_number()));
    }
    if (outcome.unanswered) return no_answer();
    // 201, and the contacts may be missing: only the id is dependable.
    const Json sent{{"id", world_.ledger().id(*outcome.n)}, {"message_status", "accepted"}};
    return json(Json{{"messaging_product", "whatsapp"}, {"messages", Json::array({sent})}}, 201);
}

Reply Dialog360::upload(const Request& request) {
    File file;
    if (const MetaRefusal refusal = read_meta_upload(request, false, file))
        return refuse(refusal.code, refusal.details, refusal.violation);
    world_.ledger().uploaded(Provider::dialog360);
    return json(Json{{"id", world_.files().add(Provider::dialog360, std::move(file))}});
}

Reply Dialog360::file(const Request& request, const std::string& id) {
    if (!world_.files().find(Provider::dialog360, id)) return no_file();
    if (request.method == "DELETE") {
        world_.files().erase(Provider::dialog360, id);
        return json(Json{{"success", true}});
    }
    return json(meta_file(world_, Provider::dialog360, id));  // at Meta's host, which refuses our keys
}

Reply Dialog360::download(const Request& request) {
    const File* file = meta_attachment(world_, Provider::dialog360, request);
    return file ? file_reply(*file) : no_file();
}

Reply Dialog360::no_file() {
    if (++file_errors_ > most_file_errors)
        world_.violation(Provider::dialog360, "more than 20 errors with files: they would be closed now");
    return refuse(404, "unknown media");
}

Reply Dialog360::change(const Json& section, const Json& answer) {
    const Fault wrong = world_.configure(merged(world_.document(), Json{{"dialog360", section}}));
    if (wrong) return refuse(400, wrong.message());
    return json(answer);
}

Reply Dialog360::webhook(const Request& request) {
    const std::string& url = config().meta.webhook_url;
    if (request.method == "GET")
        return url.empty() ? refuse(404, "no webhook set") : json(Json{{"url", url}});
    Fault fault;
    const Json body = read_json(request.body, fault);
    if (fault) return refuse(400, fault.message(), true);
    Fields fields(body, nullptr, "", fault);
    const std::string to(fields.text("url", Fields::required, 2000));
    Json section{{"webhook_url", to}, {"webhook_header", ""}, {"webhook_secret", ""}};
    if (const Json* headers = fields.object("headers"))
        for (const auto& [name, value] : headers->members()) {
            section.set("webhook_header", name);
            section.set("webhook_secret", value.is_string() ? value : Json(""));
        }
    fields.finish();
    if (!to.starts_with("https://")) fields.fail(Fault::Kind::bad_value, "url", "must begin with https://");
    if (fault) return refuse(400, fault.message(), true);
    return change(section, Json{{"url", to}});
}

// Two pages at least when there are two templates, so that a client that stops at the first is seen.
Reply Dialog360::templates(const Request& request) {
    const Form query = parse_form(request.query);
    const auto number = [&](std::string_view key, std::size_t fallback) {
        const std::string* text = find(query, key);
        return text && all_digits(*text) && text->size() < 7 ? std::stoul(*text) : fallback;
    };
    const Json::Array& all = config().meta.templates.items();
    const std::size_t limit = std::max<std::size_t>(1, number("limit", 1000));
    const std::size_t first = std::min(number("offset", 0), all.size());
    const std::size_t page = std::min({limit, std::max<std::size_t>(1, all.size() / 2), all.size() - first});
    const auto begin = all.begin() + static_cast<std::ptrdiff_t>(first);
    return json(
        Json{{"count", page},
             {"total", all.size()},
             {"limit", limit},
             {"offset", first},
             {"sort", Json::array({"id"})},
             {"filters", Json::object()},
             {"waba_templates", Json::array(Json::Array(begin, begin + static_cast<std::ptrdiff_t>(page)))}});
}

Reply Dialog360::create_template(const Request& request) {
    Fault fault;
    const Json body = read_json(request.body, fault);
    if (fault) return refuse(100, fault.message(), true);
    Fields fields(body, nullptr, "", fault);
    const std::string name(fields.text("name", Fields::required, 512));
    const std::string language(fields.text("language", Fields::required, 16));
    fields.text("category", Fields::required, 32);
    fields.text("parameter_format");
    fields.list("components", Fields::required, 10);
    fields.finish();
    if (fault) return refuse(131009, fault.message(), true);
    if (config().meta.shapes.contains(name + ' ' + language))
        return refuse(100, "there is one of that name already");
    Json made = body;
    made.set("id", std::to_string(594'425'479'300'000ULL + (world_.next_number() & 0xFFFFFFFU)));
    made.set("status", "submitted");
    Json list = config().meta.templates;
    list.push_back(made);
    Reply reply = change(Json{{"templates", std::move(list)}}, made);
    if (reply.status == 200) reply.status = 201;
    return reply;
}

Reply Dialog360::delete_template(std::string_view name) {
    Json kept = Json::array();
    for (const Json& made : config().meta.templates)
        if (made.value("name", "") != name) kept.push_back(made);
    if (kept.size() == config().meta.templates.size()) return refuse(404, "no such template");
    return change(Json{{"templates", std::move(kept)}}, Json::object());
}

}  // namespace sim
