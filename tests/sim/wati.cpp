#include "wati.hpp"

#include "file_replies.hpp"

#include <algorithm>

namespace sim {
namespace {

using dakiya::Json;

// Both are needed, from 1 and at most 100. False when they are not right.
bool read_page(const Form& query, std::size_t& first, std::size_t& size) {
    const auto number = [&](std::string_view name) -> std::size_t {
        const std::string* text = find(query, name);
        return text && all_digits(*text) && text->size() < 7 ? std::stoul(*text) : 0;
    };
    size = number("page_size");
    const std::size_t page = number("page_number");
    first = page > 0 ? (page - 1) * size : 0;
    return page > 0 && size > 0 && size <= 100;
}

Json paged(const char* member, Json items, const Form& query, const char* total_member, std::size_t total) {
    return Json{{member, std::move(items)},
                {"page_number", std::stoi(*find(query, "page_number"))},
                {"page_size", std::stoi(*find(query, "page_size"))},
                {total_member, total}};
}

const char* word_of(Status status) {
    switch (status) {
        case Status::delivered:
            return "DELIVERED";
        case Status::read:
            return "READ";
        case Status::failed:
            return "FAILED";
        case Status::sent:
            return "SENT";
        case Status::accepted:
            break;
    }
    return "QUEUED";
}

}  // namespace

Reply Wati::answer(const Request& request) {
    const std::string_view authorization = request.header("authorization");
    if (authorization != "Bearer " + config().api_token)
        return refuse(401, "Unauthorized", authorization.empty());
    return route(request);
}

Reply Wati::refuse(int status, std::string_view text, bool violation) {
    if (violation) world_.violation(Provider::wati, std::to_string(status) + ": " + std::string(text));
    world_.refuse(Provider::wati, status);
    if (status == 401) return {401, std::string(text), "text/plain"};
    if (status == 429) return {429, ""};  // often without a body
    if (status == 200)
        return json(Json{
            {"success", false}, {"broadcast_id", nullptr}, {"error", text}, {"recipients", Json::array()}});
    return json(Json{{"code", status}, {"message", text}, {"timestamp", "2026-11-20T10:00:00Z"}}, status);
}

// The account number belongs into the paths of the older generations only.
Reply Wati::route(const Request& request) {
    constexpr std::string_view v3 = "/api/ext/v3";
    const std::string tenant = "/" + config().tenant_id + "/api";
    if (request.path.starts_with(v3)) return newest(request, request.path.substr(v3.size()));
    if (request.path.starts_with(tenant)) return older(request, request.path.substr(tenant.size()));
    return refuse(404, "no such path: " + std::string(request.path), true);
}

Reply Wati::newest(const Request& request, std::string_view path) {
    const bool post = request.method == "POST", get = request.method == "GET";
    const Form query = parse_form(request.query);
    if (post && path == "/messageTemplates/send") return send_template(request);
    for (const std::string_view kind : {"text", "file", "fileViaUrl", "interactive"})
        if (post && path == "/conversations/messages/" + std::string(kind))
            return send_message(request, kind);
    if (constexpr std::string_view files = "/conversations/messages/file/m"; get && path.starts_with(files)) {
        const File* file = world_.files().find(Provider::wati, path.substr(files.size()));
        return file ? file_reply(*file) : refuse(404, "the message has no file");
    }
    if (get && path == "/messageTemplates") return templates(query);
    if (get && path == "/broadcasts") return broadcasts(query);
    if (get && path.starts_with("/broadcasts/") && path.ends_with("/recipients"))
        return recipients(path.substr(12, path.size() - 12 - 11), query);
    if (get && path == "/channels") {
        std::size_t first = 0, size = 0;
        if (!read_page(query, first, size))
            return refuse(400, "page_number and page_size are required", true);
        Json channels = Json::array();  // the default one is not listed
        for (const std::string& channel : config().channels)
            channels.push_back(Json{{"id", "c" + channel}, {"name", "spare"}, {"channel", channel}});
        return json(Json{{"channels", channels}});
    }
    return refuse(404, "no such path: " + std::string(path), true);
}

Reply Wati::older(const Request& request, std::string_view path) {
    const std::string waba = "102290129340398";
    if (request.method == "GET" && path == "/v2/whatsapp/phoneNumbers")
        return json(Json::array({Json{{"bmId", "1"},
                                      {"channelName", "default"},
                                      {"channelType", "whatsapp"},
                                      {"phoneNumber", config().phone_number},
                                      {"phoneNumberId", "2"},
                                      {"wabaId", waba}}}));
    if (request.method == "GET" && path == "/v2/whatsapp/" + waba + "/" + config().phone_number + "/profile")
        return json(Json{{"qualityRating", "GREEN"}, {"status", "CONNECTED"}, {"verifiedName", "Simulated"}});
    if (request.method == "POST" && path == "/v2/webhookEndpoints") return json(Json{{"ok", true}});
    return refuse(404, "no such path: " + std::string(path), true);
}

Reply Wati::send_template(const Request& request) {
    if (request.content_type() != "application/json") return refuse(400, "JSON is needed", true);
    WatiBroadcast broadcast;
    Fault fault;
    const Json body = read_json(request.body, fault);
    if (fault) return refuse(400, fault.message(), true);
    if (const WatiRefusal refusal = check_broadcast(body, config(), broadcast))
        return refuse(refusal.status, refusal.text, refusal.violation);
    if (!world_.within_rate(Provider::wati, "account", config().rate)) return refuse(429, "");

    const Verdict first = world_.judge(Provider::wati, broadcast.recipients.front().digits);
    if (first.refused() && first.code == wati_role.throttled) return {429, ""};
    Reply reply;
    reply.cut = first.unanswered();
    if (first.dropped()) return reply;
    const std::uint32_t batch = world_.ledger().next_batch();
    const Json rows = accept(broadcast, first, reply.cut, batch);
    broadcasts_.push_back({batch, broadcast.name});
    reply.body = Json{
        {"success", true},
        {"broadcast_id", world_.ledger().token(batch)},
        {"error", nullptr},
        {"recipients",
         rows}}.dump();
    return reply;
}

// Whom WATI takes for invalid has no row at all; who cannot be sent to for another reason has errors.
Json Wati::accept(const WatiBroadcast& broadcast, const Verdict& first, bool cut, std::uint32_t batch) {
    Json rows = Json::array();
    bool is_first = true;
    for (const WatiRecipient& recipient : broadcast.recipients) {
        const Verdict verdict =
            is_first ? first : judge(world_.config(), Provider::wati, recipient.digits, 0);
        is_first = false;
        const bool ruled = verdict.refused() && verdict.code != wati_role.throttled;
        if (ruled && verdict.code == left_out) continue;
        Json errors = Json::array();
        if (ruled)
            errors.push_back("refused by the simulation (" + std::to_string(verdict.code) + ")");
        else if (!recipient.missing.empty())
            errors.push_back("Template parameter " + recipient.missing + " is missing");
        if (errors.empty()) {
            Message accepted;
            accepted.provider = Provider::wati;
            accepted.to = recipient.digits;
            accepted.whatsapp = true;
            accepted.kind = "template";
            accepted.template_name = broadcast.template_name;
            accepted.ref = recipient.ref;
            accepted.params = recipient.params;
            accepted.sender = broadcast.channel;
            world_.accept(accepted, cut, batch);
        }
        rows.push_back(Json{{"local_message_id", recipient.ref},
                            {"phone_number", std::to_string(recipient.digits)},
                            {"errors", std::move(errors)}});
    }
    return rows;
}

Reply Wati::send_message(const Request& request, std::string_view kind) {
    WatiMessage message;
    WatiRefusal refusal;
    if (kind == "file") {
        const auto parts = parse_multipart(request.header("content-type"), request.body);
        if (!parts) return refuse(400, "a multipart form is needed", true);
        std::string target;
        bool file = false;
        for (const Part& part : *parts) {
            if (part.name == "target") target = part.data;
            if (part.name == "caption") message.text = part.data;
            if (part.name == "file") file = !part.data.empty();
        }
        if (!file) return refuse(400, "file is missing", true);
        refusal = check_target(target, config(), message);
    } else {
        Fault fault;
        const Json body = read_json(request.body, fault);
        if (fault) return refuse(400, fault.message(), true);
        refusal = check_message(body, kind, config(), message);
    }
    if (refusal) return refuse(refusal.status, refusal.text, refusal.violation);
    if (!world_.within_rate(Provider::wati, "account", config().rate)) return refuse(429, "");
    Message accepted;
    accepted.provider = Provider::wati;
    accepted.to = message.digits;
    accepted.whatsapp = true;
    accepted.kind = kind;
    accepted.text = message.text;
    accepted.sender = message.channel;
    const Outcome outcome = world_.take(accepted);
    if (outcome.refused == wati_role.throttled) return {429, ""};
    if (outcome.refused) return json(Json{{"result", false}, {"info", "Ticket has been expired"}});
    if (outcome.unanswered) return no_answer();
    const std::string id = world_.ledger().token(*outcome.n);
    return json(Json{{"message", Json{{"id", "m" + id},
                                      {"text", message.text},
                                      {"type", kind},
                                      {"owner", true},
                                      {"status", "SENT"},
                                      {"failed_detail", nullptr},
                                      {"local_message_id", id}}}});
}

Reply Wati::templates(const Form& query) {
    std::size_t first = 0, size = 0;
    if (!read_page(query, first, size)) return refuse(400, "page_number and page_size are required", true);
    const auto& all = config().templates.items();
    Json page = Json::array();
    for (std::size_t i = first; i < std::min(first + size, all.size()); ++i) page.push_back(all[i]);
    return json(paged("templates", std::move(page), query, "total", all.size()));
}

// The newest first.
Reply Wati::broadcasts(const Form& query) {
    std::size_t first = 0, size = 0;
    if (!read_page(query, first, size)) return refuse(400, "page_number and page_size are required", true);
    Json page = Json::array();
    for (std::size_t i = first; i < std::min(first + size, broadcasts_.size()); ++i) {
        const Broadcast& broadcast = broadcasts_[broadcasts_.size() - 1 - i];
        page.push_back(Json{{"id", world_.ledger().token(broadcast.batch)}, {"name", broadcast.name}});
    }
    return json(paged("broadcasts", std::move(page), query, "total", broadcasts_.size()));
}

Reply Wati::recipients(std::string_view id, const Form& query) {
    std::size_t first = 0, size = 0;
    if (!read_page(query, first, size)) return refuse(400, "page_number and page_size are required", true);
    const Ledger& ledger = world_.ledger();
    const auto batch = ledger.number_of(id);
    const auto start = batch ? ledger.first_of_batch(*batch) : std::nullopt;
    if (!start) return refuse(404, "no such broadcast");
    std::size_t total = 0;
    Json page = Json::array();
    for (std::size_t n = *start; n < ledger.size() && ledger[n].batch == *batch; ++n, ++total) {
        if (total < first || total >= first + size) continue;
        const Entry& entry = ledger[n];
        const Status status = entry.timeline.after(now_ms() - entry.at);
        page.push_back(Json{
            {"id", "r" + ledger.token(n)},
            {"contact_phone", std::to_string(entry.to)},
            {"status", word_of(status)},
            {"failed_code", status == Status::failed ? Json(std::to_string(entry.timeline.code)) : Json()},
            {"local_message_id", ledger.ref(entry)},
            {"message_id", "wamid." + ledger.token(n)},
            {"created", "2026-11-20T10:00:00Z"}});
    }
    return json(paged("recipients", std::move(page), query, "total_count", total));
}

}  // namespace sim
