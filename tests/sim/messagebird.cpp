#include "messagebird.hpp"

#include <algorithm>

#include "file_replies.hpp"
#include "messagebird_payloads.hpp"
#include "text.hpp"

namespace sim {
namespace {

using dakiya::Json;

bool is_e164(std::string_view number) {
    return number.size() >= 8 && number.size() <= 16 && number[0] == '+' && all_digits(number.substr(1));
}

Json templates(const std::vector<std::string>& slugs, const char* prefix, bool sms) {
    Json list = Json::array();
    for (std::size_t i = 0; i < slugs.size(); ++i) {
        Json one{{"id", prefix + std::to_string(i + 1)}, {"slug", slugs[i]}};
        if (sms) {
            one.set("body", "Your code is {{code}}");
            one.set("variables", Json::array({Json{{"name", "code"}}}));
            one.set("language", "en");
        } else {
            one.set("status", "approved");
            one.set("category", "utility");
            one.set("available_languages", Json::array({"en"}));
        }
        list.push_back(std::move(one));
    }
    return Json{{"data", std::move(list)}, {"next_cursor", nullptr}};
}

}  // namespace

// What a client cannot know before is no violation.
Reply MessageBird::refuse(int status, std::string_view type, std::string_view name, std::string_view text,
                          std::string_view param, bool violation) {
    if (violation) world_.violation(Provider::messagebird, std::string(name) + ": " + std::string(text));
    world_.refuse(Provider::messagebird, status);
    Json error{{"type", std::string(type) + "_error"},
               {"code", "E" + std::to_string(10'000 + status)},
               {"name", name},
               {"message", text},
               {"request_id", "req_1"}};
    if (!param.empty()) error.set("details", Json::array({Json{{"param", param}, {"message", text}}}));
    return {status, Json{{"error", std::move(error)}}.dump()};
}

Reply MessageBird::answer(const Request& request) {
    if (request.header("authorization") != "Bearer " + config().api_key)
        return refuse(401, "auth", "InvalidAPIKey", "the key is not one of this workspace");
    const std::string_view path = request.path;
    if (request.method == "GET") {
        if (path.starts_with(bird_files)) {
            const File* file = world_.files().find(Provider::messagebird, path.substr(bird_files.size()));
            return file ? file_reply(*file)
                        : refuse(404, "not_found", "NotFound", "the file is not kept any more");
        }
        if (path == "/v1/workspace") return {200, Json{{"id", "ws_1"}, {"name", "Simulated"}}.dump()};
        if (path == "/v1/sms/templates") return {200, templates(config().sms_templates, "smt_", true).dump()};
        if (path == "/v1/whatsapp/templates")
            return {200, templates(config().whatsapp_templates, "wat_", false).dump()};
        for (const std::string_view base : {"/v1/sms/messages/", "/v1/whatsapp/messages/"})
            if (path.starts_with(base)) return look_up(path.substr(base.size()));
    }
    if (request.method == "POST" &&
        (path == "/v1/sms/messages" || path == "/v1/sms/batches" || path == "/v1/whatsapp/messages"))
        return once(request);
    return refuse(404, "not_found", "NotFound", "no such path: " + std::string(path), {}, true);
}

// A key that is known gives the first call's answer, even one that never arrived.
Reply MessageBird::once(const Request& request) {
    const std::string_view key = request.header("idempotency-key");
    if (key.empty()) return send(request, request.path);
    const auto known = answered_.find(key);
    if (known != answered_.end()) {
        if (known->second.body != request.body) {
            world_.violation(Provider::messagebird, "an Idempotency-Key came with another body");
            Json error{{"type", "conflict_error"}, {"code", "E01005"}, {"name", "idempotency_key_reuse"}};
            return {409, Json{{"error", std::move(error)}}.dump()};
        }
        return known->second.reply;
    }
    Reply reply = send(request, request.path);
    if (reply.status == 202) {
        Reply kept = reply;
        kept.cut = false;
        answered_[std::string(key)] = {std::string(request.body), std::move(kept)};
    }
    return reply;
}

Reply MessageBird::send(const Request& request, std::string_view path) {
    if (request.content_type() != "application/json")
        return refuse(400, "bad_request", "MalformedJSON", "the body is no JSON", {}, true);
    Fault fault;
    const Json body = read_json(request.body, fault);
    if (fault) return refuse(400, "bad_request", "MalformedJSON", fault.message(), {}, true);
    const bool batch = path == "/v1/sms/batches";
    if (batch && (!body.is_array() || body.empty() || body.size() > 100))
        return refuse(422, "validation", "SMSBatchSize", "a batch is an array of 1 to 100 messages", {},
                      true);
    Json items = batch ? body : Json::array({body});
    std::vector<Draft> drafts;
    for (const Json& item : items)
        drafts.push_back(path == "/v1/whatsapp/messages" ? read_whatsapp(item) : read_sms(item));
    for (std::size_t i = 0; i < drafts.size(); ++i)  // all or nothing
        if (drafts[i].refused())
            return refuse(422, "validation", drafts[i].error_name, drafts[i].error_text,
                          (batch ? "[" + std::to_string(i) + "]." : "") + drafts[i].param, true);
    return accept(drafts, batch);
}

void MessageBird::read_metadata(Fields& fields, Draft& draft, Fault& fault) const {
    fields.ignore("tags");
    fields.ignore("options");
    if (const Json* metadata = fields.object("metadata")) {
        if (metadata->dump().size() > 2048)
            fields.fail(Fault::Kind::bad_value, "metadata", "has more than 2 KB");
        draft.ref = (*metadata)["ref"].scalar();
    }
    fields.finish();
    if (fault && !draft.refused()) {
        draft.error_name = "InvalidRequest";
        draft.error_text = fault.message();
        draft.param = fault.path;
    }
}

MessageBird::Draft MessageBird::read_sms(const Json& body) const {
    Draft draft;
    Fault fault;
    Fields fields(body, nullptr, "", fault);
    const auto refuse_as = [&](const char* name, const char* text, const char* param) {
        if (!draft.refused()) draft.error_name = name, draft.error_text = text, draft.param = param;
    };
    const std::string_view to = fields.text("to", Fields::required);
    if (!is_e164(to)) refuse_as("SMSInvalidRecipient", "not a number with + and country code", "to");
    if (const Json* made = fields.object("template")) {
        if (!contains(config().sms_templates, (*made)["slug"].scalar()) && !made->contains("id"))
            refuse_as("SMSTemplateNotFound", "no such template", "template");
        for (const char* owned : {"text", "from", "category"})
            if (body.contains(owned)) refuse_as("SMSTemplateConflict", "a template has its own", owned);
        draft.params = (*made)["parameters"].dump();
        draft.message.template_name = fields.json()["template"]["slug"].is_string() ? "template" : "";
        draft.message.kind = "template";
    } else {
        const std::string_view from = fields.text("from", Fields::required, 16);
        if (!contains(config().senders, from)) refuse_as("SMSSenderNotFound", "not a sender of ours", "from");
        draft.message.text = fields.text("text", Fields::required, 1836);
        const std::string_view category = fields.text("category", Fields::required);
        if (category != "marketing" && category != "transactional" && category != "authentication" &&
            category != "service")
            refuse_as("SMSInvalidCategory", "no such category", "category");
        draft.message.kind = "text";
        draft.message.sender = from;
    }
    draft.message.to = digits_of(to).value_or(0);
    read_metadata(fields, draft, fault);
    return draft;
}

MessageBird::Draft MessageBird::read_whatsapp(const Json& body) const {
    Draft draft;
    draft.message.whatsapp = true;
    Fault fault;
    Fields fields(body, nullptr, "", fault);
    const auto refuse_as = [&](const char* name, const char* text, const char* param) {
        if (!draft.refused()) draft.error_name = name, draft.error_text = text, draft.param = param;
    };
    const std::string_view to = fields.text("to", Fields::required);
    if (!is_e164(to)) refuse_as("WhatsAppInvalidRecipient", "not a number", "to");
    const std::string_view from = fields.text("from");
    if (from.empty()) refuse_as("WhatsAppSenderRequired", "a sender is needed", "from");
    if (!from.empty() && !contains(config().whatsapp_senders, from))
        refuse_as("WhatsAppSenderNotFound", "not a sender of ours", "from");
    int contents = 0;
    for (const char* kind :
         {"text", "template", "image", "video", "audio", "sticker", "document", "location"})
        if (const Json* content = fields.object(kind)) {
            ++contents;
            draft.message.kind = kind;
            draft.message.text =
                (*content)["body"].is_string() ? std::string_view((*content)["body"].text()) : "";
        }
    if (contents == 0) refuse_as("WhatsAppContentRequired", "there is no content", "");
    if (contents > 1) refuse_as("WhatsAppContentAmbiguous", "there are several contents", "");
    if (const Json& made = body["template"]; made.is_object() && !made.contains("id")) {
        if (!contains(config().whatsapp_templates, made["slug"].scalar()))
            refuse_as("WhatsAppTemplateNotFound", "no such template", "template");
        draft.params = made["components"].dump();
        draft.message.template_name = made["slug"].is_string() ? std::string_view(made["slug"].text()) : "";
    }
    draft.message.sender = from;
    draft.message.to = digits_of(to).value_or(0);
    read_metadata(fields, draft, fault);
    return draft;
}

Reply MessageBird::accept(std::vector<Draft>& drafts, bool batch) {
    bool cut = false;
    for (std::size_t i = 0; i < drafts.size(); ++i) {
        if (!world_.within_rate(Provider::messagebird, drafts[i].message.sender, config().rate))
            return refuse(429, "rate_limit", "RateLimited", "too many requests");
        const Verdict verdict = world_.judge(Provider::messagebird, drafts[i].message.to);
        if (verdict.refused() && verdict.code == 429)
            return refuse(429, "rate_limit", "RateLimited", "refused by the simulation");
        if (verdict.refused())
            return refuse(422, "validation", "SMSInvalidRecipient", "refused by the simulation",
                          (batch ? "[" + std::to_string(i) + "]." : "") + std::string("to"));
        if (verdict.dropped()) return no_answer();
        cut = cut || verdict.unanswered();
    }
    Json list = Json::array();
    const std::uint32_t number = batch ? world_.ledger().next_batch() : 0;
    for (Draft& draft : drafts) {
        draft.message.provider = Provider::messagebird;
        draft.message.ref = draft.ref;
        draft.message.params = draft.params;
        list.push_back(resource(world_.accept(draft.message, cut, number)));
    }
    Reply reply;
    reply.status = 202;
    reply.cut = cut;
    const auto count = static_cast<std::int64_t>(drafts.size());
    reply.body = batch ? Json{{"data", std::move(list)}, {"summary", Json{{"accepted_count", count}}}}.dump()
                       : list.at(0).dump();
    return reply;
}

Json MessageBird::resource(std::size_t n) const {
    const Entry& entry = world_.ledger()[n];
    const std::string number = plus_digits(entry);
    const Status status = entry.timeline.after(now_ms() - entry.at);
    Json out{{"id", world_.ledger().id(n)},
             {"direction", "outbound"},
             {"status", status == Status::read ? "delivered" : name_of(status)},
             {"metadata", Json{{"ref", world_.ledger().ref(entry)}}}};
    if (entry.whatsapp) {
        out.set("to", Json{{"phone_number", number}});
        if (status == Status::read) out.set("read_at", bird_time(now_ms()));
    } else {
        out.set("to", number);
        out.set("segments", Json{{"count", 1}, {"encoding", "GSM_7BIT"}});
        out.set("cost", nullptr);
    }
    if (status == Status::failed) out.set("last_error", bird_error(entry));
    return out;
}

Reply MessageBird::look_up(std::string_view id) const {
    const std::size_t mark = id.find('_');
    const auto n = mark == id.npos ? std::nullopt : world_.ledger().number_of(id.substr(mark + 1));
    if (!n || *n >= world_.ledger().size() || world_.ledger()[*n].provider != Provider::messagebird)
        return {404, R"({"error":{"type":"not_found_error","code":"E10404","name":"NotFound"}})"};
    return {200, resource(static_cast<std::size_t>(*n)).dump()};
}

}  // namespace sim
