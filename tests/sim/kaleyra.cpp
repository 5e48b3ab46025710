#include "kaleyra.hpp"

#include "file_replies.hpp"
#include "kaleyra_payloads.hpp"

#include <algorithm>

namespace sim {
namespace {

using dakiya::Json;

// With + or without, but with the country code.
std::uint64_t number_of(std::string_view text) {
    if (text.starts_with('+')) text.remove_prefix(1);
    return text.size() >= 10 && text.size() <= 15 && all_digits(text) ? std::stoull(std::string(text)) : 0;
}

const char* word_of(Status status) {
    if (status == Status::failed) return "UnDelivered";
    return status == Status::delivered || status == Status::read ? "Delivered" : "Sent";
}

}  // namespace

Reply Kaleyra::refuse(int status, std::string_view field, std::string_view words, bool violation) {
    if (violation) world_.violation(Provider::kaleyra, std::string(field) + ": " + std::string(words));
    world_.refuse(Provider::kaleyra, status);
    return kaleyra_error(status, field, words);
}

Reply Kaleyra::answer(const Request& request) {
    return request.path.starts_with("/received/")
               ? stored_file(world_, Provider::kaleyra, request, {"api-key", "Authorization"})
               : route(request);
}

Reply Kaleyra::route(const Request& request) {
    const bool known = request.header("api-key") == config().api_key;
    const std::string v1 = "/v1/" + config().sid, v2 = "/v2/" + config().sid + "/whatsapp";
    const bool ours = request.path.starts_with(v1 + "/") || request.path.starts_with(v2);
    if (!known || !ours) {
        world_.refuse(Provider::kaleyra, 401);
        return {401, R"({"code":"RBC001","message":"Unauthorized","error":{}})"};
    }
    if (request.query.find("api-key") != std::string_view::npos)
        world_.violation(Provider::kaleyra, "the key is in the query");
    if (request.method == "POST") {
        if (request.path == v1 + "/messages") return one(request);
        if (request.path == v1 + "/sms/json") return list(request);
        if (request.path == v2 + "/" + config().whatsapp_number + "/messages") return whatsapp(request);
    } else if (request.method == "GET") {
        if (request.path == v1 + "/messages/status") return status(request);
        if (request.path == v2 + "/" + config().waba_id + "/message_templates") return templates();
        if (request.path == v2) return {200, R"({"code":"RBC103","message":"ok","data":[]})"};
    }
    return refuse(404, "path", "no such path: " + std::string(request.path));
}

// India only takes texts with a registered template.
void Kaleyra::check(Draft& draft, std::string_view to) const {
    draft.to = number_of(to);
    if (draft.to == 0) draft.field = "to", draft.fault = std::string(to) + " is invalid";
    const bool indian = std::to_string(draft.to).starts_with("91");
    if (draft.fault.empty() && indian && !contains(config().dlt_templates, draft.template_id))
        draft.field = "template_id", draft.fault = "the template is not one of this account";
    if (draft.fault.empty() && draft.text.empty()) draft.field = "body", draft.fault = "the body is empty";
}

Reply Kaleyra::one(const Request& request) {
    if (request.content_type() != "application/x-www-form-urlencoded")
        return refuse(400, "content-type", "a form is needed");
    const Form form = parse_form(request.body);
    if (field(form, "channel") == "whatsapp")
        return refuse(400, "channel", "this number is on WhatsApp API V2");
    const std::string sender = field(form, "sender"), type = field(form, "type"),
                      profile = field(form, "callback_profile_id");
    if (!contains(config().senders, sender)) return refuse(400, "sender", "the sender is not approved");
    if (type != "TXN" && type != "MKT" && type != "OTP" && type != "DEFAULT")
        return refuse(400, "type", "no such type");
    if (!profile.empty() && !contains(config().profiles, profile))
        return refuse(400, "callback_profile_id", "no such profile");
    std::vector<Draft> drafts(1);
    drafts[0].text = field(form, "body");
    drafts[0].template_id = field(form, "template_id");
    drafts[0].callback = field(form, "callback_url");
    drafts[0].ref = field(form, "ref");
    check(drafts[0], field(form, "to"));
    return accept(drafts, sender, false);
}

Reply Kaleyra::list(const Request& request) {
    Fault fault;
    const Json body = read_json(request.body, fault);
    if (fault) return refuse(400, fault.path, fault.text);
    Fields fields(body, nullptr, "", fault);
    const std::string sender(fields.text("from", Fields::required));
    fields.text("type", Fields::required);
    fields.ignore("entity_id");
    fields.ignore("callback_profile_id");
    const std::string callback(fields.text("callback_url", Fields::optional, 2000));
    std::vector<Draft> drafts;
    if (const Json* nodes = fields.list("sms", Fields::required, 1000)) {
        int index = 0;
        for (const Json& node : *nodes) {
            Fields item(node, &fields, "sms", fault, index++);
            Draft draft;
            draft.text = item.text("body", Fields::required, 1600);
            draft.template_id = item.text("template_id");
            draft.callback = callback;
            item.ignore("unicode");
            check(draft, item.text("to", Fields::required));
            item.finish();
            drafts.push_back(std::move(draft));
        }
    }
    fields.finish();
    if (fault) return refuse(400, fault.path, fault.text);
    if (!contains(config().senders, sender)) return refuse(400, "sender", "the sender is not approved");
    return accept(drafts, sender, true);
}

// Who has a fault is left out of "data" and named in "error", beside a 202.
Reply Kaleyra::accept(std::vector<Draft>& drafts, std::string_view sender, bool batch) {
    if (!world_.within_rate(Provider::kaleyra, sender, config().rate))
        return refuse(429, "rate", "too many requests", false);
    Reply reply;
    reply.status = 202;
    std::vector<const Draft*> accepted;
    Json error = Json::object();
    for (const Draft& draft : drafts) {
        if (!draft.fault.empty()) {
            world_.violation(Provider::kaleyra, draft.field + ": " + draft.fault);
            error.set(draft.field, draft.fault);
            continue;
        }
        const Verdict verdict = world_.judge(Provider::kaleyra, draft.to);
        if (verdict.refused() && verdict.code == 429)
            return refuse(429, "rate", "refused by the simulation", false);
        if (verdict.refused()) {
            error.set("to", std::to_string(draft.to) + " is invalid");
            continue;
        }
        reply.cut = reply.cut || verdict.unanswered();
        if (verdict.dropped()) return reply;
        accepted.push_back(&draft);
    }
    Json data = Json::array();
    const std::uint32_t number = batch ? world_.ledger().next_batch() : 0;
    for (const Draft* draft : accepted) {
        Message message;
        message.provider = Provider::kaleyra;
        message.to = draft->to;
        message.kind = draft->template_id.empty() ? "text" : "template";
        message.template_name = draft->template_id;
        message.text = draft->text;
        message.ref = draft->ref;
        message.callback = draft->callback;
        message.sender = sender;
        const std::size_t n = world_.accept(message, reply.cut, number);
        data.push_back(
            Json{{"message_id", world_.ledger().id(n)}, {"recipient", plus_digits(world_.ledger()[n])}});
    }
    // In another order than they came: clients must look at the number.
    std::reverse(data.items().begin(), data.items().end());
    const auto count = static_cast<std::int64_t>(data.size());
    reply.body =
        Json{{"id", "call"}, {"totalCount", count}, {"data", std::move(data)}, {"error", std::move(error)}}
            .dump();
    return reply;
}

Reply Kaleyra::status(const Request& request) const {
    const Form query = parse_form(request.query);
    Json data = Json::array();
    const std::string ids = field(query, "message_ids");
    for (const std::string_view id : split(ids, ',')) {
        const auto n = world_.ledger().number_of(id.substr(0, id.find(':')));
        if (!n || *n >= world_.ledger().size()) continue;
        const Entry& entry = world_.ledger()[static_cast<std::size_t>(*n)];
        const char* word = word_of(entry.timeline.after(now_ms() - entry.at));
        data.push_back(Json{{"campaign_id", id}, {"status", word}, {"status_details", ""}});
    }
    return {200, Json{{"data", std::move(data)}, {"error", Json::object()}}.dump()};
}

Reply Kaleyra::whatsapp(const Request& request) {
    Fault fault;
    const Json body = read_json(request.body, fault);
    if (fault) return refuse(400, fault.path, fault.text);
    const Json& meta = body["messaging_object"];
    const auto bad = [&](const char* words) {
        world_.violation(Provider::kaleyra, words);
        world_.refuse(Provider::kaleyra, 400);
        return Reply{400, Json{{"code", "WA400"}, {"message", words}}.dump()};
    };
    if (!meta.is_object()) return bad("the message is not in messaging_object");
    const std::string to = meta["to"].scalar(), type = meta["type"].scalar();
    if (!all_digits(to)) return bad("V2 takes bare digits");
    if (!meta[type].is_object()) return bad("there is no content of that type");
    const std::string name = type == "template" ? meta["template"]["name"].scalar() : std::string();
    if (type == "template" && !contains(config().whatsapp_templates, name)) return bad("no such template");
    const std::string ref = body["extra_info"]["ref"].scalar(), text = meta["text"]["body"].scalar();
    Message message;
    message.provider = Provider::kaleyra;
    message.to = std::stoull(to);
    message.whatsapp = true;
    message.kind = type;
    message.template_name = name;
    message.ref = ref;
    message.text = text;
    message.sender = config().whatsapp_number;
    const Outcome outcome = world_.take(message);
    if (outcome.refused == 429) return {429, R"({"message":"too many requests"})"};
    if (outcome.refused) return {400, R"({"code":"WAV2101","message":"Daily limit reached"})"};
    if (outcome.unanswered) return no_answer();
    return json(Json{{"code", "WA200"}, {"data", Json{{"message_id", world_.ledger().id(*outcome.n)}}}});
}

Reply Kaleyra::templates() const {
    Json list = Json::array();
    for (const std::string& name : config().whatsapp_templates)
        list.push_back(
            Json{{"name", name},
                 {"language", "en"},
                 {"status", "APPROVED"},
                 {"category", "UTILITY"},
                 {"id", "1"},
                 {"components", Json::array({Json{{"type", "BODY"}, {"text", "Hi {{1}}, order {{2}}"}}})}});
    return {200,
            Json{{"code", "RBC103"}, {"message", "ok"}, {"data", Json{{"data", std::move(list)}}}}.dump()};
}

}  // namespace sim
