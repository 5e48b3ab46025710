#include "fast2sms.hpp"
#include "file_replies.hpp"
#include "meta_errors.hpp"
#include "meta_message.hpp"

#include <algorithm>
#include <set>

namespace sim {
namespace {

using dakiya::Json;

constexpr std::string_view base = "/dev";

Reply refusal(int code, std::string_view words) {
    const Json body{{"return", false}, {"status_code", code}, {"message", words}};
    if (code == 429) return {429, "Too Many Requests"};
    // 400 and 401 as the reference has it, and HTTP 200 as it was seen.
    return json(body, code == 412 || code == 413 ? 401 : code == 411 ? 200 : 400);
}

bool is_ascii(std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

std::size_t variables_of(std::string_view text) {
    std::size_t count = 0;
    for (std::size_t at = text.find("{#"); at != text.npos; at = text.find("{#", at + 2)) ++count;
    return count;
}

}  // namespace

Reply Fast2Sms::refuse(int code, std::string_view words, bool violation) {
    if (violation) world_.violation(Provider::fast2sms, std::string(words));
    world_.refuse(Provider::fast2sms, code);
    return refusal(code, words);
}

Reply Fast2Sms::answer(const Request& request) {
    Reply reply = route(request);
    reply.delay = world_.latency();
    return reply;
}

Reply Fast2Sms::route(const Request& request) {
    if (find(parse_form(request.query), "authorization"))
        return refuse(412, "the key would be in the address: use the header", true);
    if (request.header("authorization") != config().api_key) return refuse(412, "Invalid Authentication");
    if (!request.path.starts_with(base)) return refuse(404, "no such path", true);
    const std::string_view path = request.path.substr(base.size());
    const bool post = request.method == "POST";
    if (path == "/bulk") return refuse(990, "old API path", true);
    if (path == "/bulkV2" && post) return sms(request);
    if (path == "/wallet" && post) return json({{"return", true}, {"wallet", "500.50"}});
    const Form query = parse_form(request.query);
    const std::string* type = find(query, "type");
    if (path == "/dlt_manager" && type) return manager(*type);
    if (path == "/dlt_manager/whatsapp" && type) return whatsapp_manager();
    const std::string version = "/whatsapp/v24.0/";
    if (path == version + config().whatsapp.waba_id + "/message_templates" && !post)
        return json(
            {{"data", config().whatsapp.templates}, {"paging", Json{{"cursors", Json{{"after", "MjQ"}}}}}});
    if (path == version + config().whatsapp.phone_number_id + "/media" && post) {
        File file;
        if (const MetaRefusal wrong = read_meta_upload(request, true, file))
            return refuse(400, wrong.details, wrong.violation);
        world_.ledger().uploaded(Provider::fast2sms);
        return json({{"id", world_.files().add(Provider::fast2sms, std::move(file))}});
    }
    if (path == version + config().whatsapp.phone_number_id + "/messages" && post) {
        Fault fault;
        const Json body = read_json(request.body, fault);
        return fault ? refuse(400, fault.message(), true) : whatsapp(body);
    }
    return refuse(404, "no such path: " + std::string(path), true);
}

Reply Fast2Sms::manager(std::string_view type) const {
    Json list = Json::array();
    for (const std::string& sender : config().senders) {
        Json item{{"sender_id", sender}, {"entity_id", config().entity_id}, {"entity_name", "ACME"}};
        if (type == "template") item.set("templates", config().templates);
        list.push_back(std::move(item));
    }
    return json({{"success", true}, {"data", std::move(list)}});
}

Reply Fast2Sms::whatsapp_manager() const {
    const MetaConfig& account = config().whatsapp;
    return json({{"success", true},
                 {"data", Json::array({Json{{"waba_id", std::stoll(account.waba_id)},
                                            {"phone_number_id", std::stoll(account.phone_number_id)},
                                            {"verified_name", "Acme"},
                                            {"quality_rating", "GREEN"},
                                            {"connection_status", "CONNECTED"}}})}});
}

Fast2Sms::Draft Fast2Sms::read_sms(const Json& body) const {
    Draft draft;
    Fault fault;
    Fields fields(body, nullptr, "body", fault);
    const auto wrong = [&](int code, std::string text) {
        if (draft.code == 0) draft.code = code, draft.fault = std::move(text);
    };
    const std::string route(fields.text("route", Fields::required)), message(fields.text("message"));
    const std::string values(fields.text("variables_values")), language(fields.text("language"));
    draft.sender = fields.text("sender_id");
    draft.ref = fields.text("udf1");
    draft.text = message;
    draft.kind = "text";
    const bool known_sender =
        std::find(config().senders.begin(), config().senders.end(), draft.sender) != config().senders.end();
    if (route == "dlt") {
        const auto found = config().by_id.find(message);
        const auto given =
            values.empty() ? 0 : static_cast<std::size_t>(std::count(values.begin(), values.end(), '|')) + 1;
        if (!known_sender)
            wrong(406, "Invalid Sender ID");
        else if (found == config().by_id.end())
            wrong(424, "Invalid Message ID");
        else if (given != variables_of(found->second))
            wrong(425, "the values do not match the template");
        draft.kind = "template";
        draft.params = values;
        draft.template_name = message;
    } else if (route == "dlt_manual") {
        if (!known_sender) wrong(406, "Invalid Sender ID");
        if (!config().by_dlt.contains(std::string(fields.text("template_id"))))
            wrong(425, "Invalid Template");
        if (fields.text("entity_id") != config().entity_id) wrong(425, "Invalid Template: entity");
    } else if (route == "otp") {
        if (!all_digits(values)) wrong(997, "OTP must be numeric");
        draft.kind = "otp";
        draft.text = "Your OTP: " + values;
    } else if (route != "q") {
        wrong(408, "Invalid Route");
    }
    if (route != "otp" && message.empty()) wrong(402, "Message Text Missing");
    if (!(is_ascii(message) && is_ascii(values)) && language != "unicode")
        wrong(417, "Unicode without language");
    fields.text("numbers", Fields::required, 100'000);
    fields.whole("flash", 0, 0, 1);
    fields.finish();
    if (fault) wrong(402, fault.message());
    return draft;
}

Reply Fast2Sms::sms(const Request& request) {
    Fault fault;
    const Json body = read_json(request.body, fault);
    if (fault) return refuse(402, fault.message(), true);
    const Draft draft = read_sms(body);
    if (draft.code != 0) return refuse(draft.code, draft.fault, true);
    std::vector<std::uint64_t> numbers;
    std::set<std::uint64_t> distinct;
    const std::string text = body.value("numbers", "");
    for (const std::string_view number : split(text, ',')) {
        // A country code is one of the commonest mistakes.
        if (number.size() != 10 || !all_digits(number)) return refuse(411, "Invalid Numbers", true);
        numbers.push_back(910'000'000'000ULL + std::stoull(std::string(number)));
        if (!distinct.insert(numbers.back()).second) return refuse(995, "Spamming detected", true);
    }
    if (draft.kind == "otp" && numbers.size() > 1) return refuse(998, "OTP route is not for bulk", true);
    return accept(draft, numbers);
}

// One answer for all: any of the fates refuses or cuts the whole call.
Reply Fast2Sms::accept(const Draft& draft, const std::vector<std::uint64_t>& numbers) {
    if (!world_.within_rate(Provider::fast2sms, "account", config().rate))
        return refuse(429, "Too Many Requests");
    bool cut = false, dropped = false;
    for (const std::uint64_t to : numbers) {
        const Verdict verdict = world_.judge(Provider::fast2sms, to);
        if (verdict.refused()) return refusal(verdict.code, "refused by the simulation");
        cut = cut || verdict.unanswered();
        dropped = dropped || verdict.dropped();
    }
    if (dropped) return no_answer();
    const std::uint32_t batch = numbers.size() > 1 ? world_.ledger().next_batch() : 0;
    std::size_t n = 0;
    for (const std::uint64_t to : numbers) {
        Message message;
        message.provider = Provider::fast2sms;
        message.to = to;
        message.kind = draft.kind;
        message.template_name = draft.template_name;
        message.text = draft.text;
        message.params = draft.params;
        message.sender = draft.sender;
        if (numbers.size() == 1) message.ref = draft.ref;
        n = world_.accept(message, cut, batch);
    }
    if (cut) return no_answer();
    // `return` was seen as text too.
    const Json yes = n % 2 == 0 ? Json(true) : Json("true");
    return json({{"return", yes},
                 {"request_id", world_.ledger().id(n)},
                 {"message", Json::array({"SMS sent successfully."})}});
}

Reply Fast2Sms::whatsapp(const Json& body) {
    MetaMessage read;
    MetaRefusal wrong = check_meta_message(body, config().whatsapp, false, read);
    if (!wrong)
        for (const std::string_view id : read.media_ids)
            if (!world_.files().find(Provider::fast2sms, id))
                wrong = {131009, "media id " + std::string(id) + " is not known", true};
    if (wrong) {
        if (wrong.violation) world_.violation(Provider::fast2sms, wrong.details);
        world_.refuse(Provider::fast2sms, wrong.code);
        return meta_error(wrong.code, wrong.details, world_.ledger().token(world_.next_number()));
    }
    const Outcome outcome =
        world_.take(ledger_message(Provider::fast2sms, read, config().whatsapp.phone_number_id));
    if (outcome.refused)
        return meta_error(outcome.refused, "refused by the simulation",
                          world_.ledger().token(world_.next_number()));
    if (outcome.unanswered) return no_answer();
    return json({{"messaging_product", "whatsapp"},
                 {"messages", Json::array({Json{{"id", world_.ledger().id(*outcome.n)}}})}});
}

}  // namespace sim
