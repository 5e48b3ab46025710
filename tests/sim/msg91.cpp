#include "msg91.hpp"

#include <algorithm>

namespace sim {
namespace {

using dakiya::Json;

constexpr std::size_t max_body = 1024 * 1024;

// Most refusals of MSG91 are HTTP 200: whoever reads only the status takes them for success.
int http_status(int code) {
    switch (code) {
        case 207:
        case 401:
            return 401;
        case 418:
            return 418;
        case 429:
            return 429;
        case 601:
            return 500;
        default:
            return 200;
    }
}

}  // namespace

Reply Msg91::answer(const Request& request) {
    const std::string_view key = request.header("authkey");
    if (request.path == "/api/balance.php") return balance(request);
    if (key.empty()) return refuse({207, "authkey header is missing", true});
    if (key != config().authkey) return refuse({207, "Unauthorized: invalid authkey"});
    return route(request);
}

Reply Msg91::error(int code, std::string_view details, Shape shape) const {
    const std::string text = details.empty() ? "Error " + std::to_string(code) : std::string(details);
    if (shape == Shape::whatsapp)
        return json(Json{{"status", "fail"},
                         {"hasError", true},
                         {"data", nullptr},
                         {"errors", text},
                         {"code", std::to_string(code)}},
                    http_status(code));
    return json(Json{{"type", "error"}, {"message", text}, {"code", std::to_string(code)}},
                http_status(code));
}

Reply Msg91::refuse(const Msg91Refusal& refusal, Shape shape) {
    if (refusal.violation)
        world_.violation(Provider::msg91, std::to_string(refusal.code) + ": " + refusal.details);
    world_.refuse(Provider::msg91, refusal.code);
    return error(refusal.code, refusal.details, shape);
}

// The only call whose key is in the address; it has no /v5.
Reply Msg91::balance(const Request& request) {
    const Form query = parse_form(request.query);
    if (field(query, "authkey") != config().authkey) return refuse({207, "Invalid authkey"});
    const std::string type = field(query, "type");
    if (type != "0" && type != "1" && type != "4" && type != "106")
        return refuse({102, "type must be 0, 1, 4 or 106", true});
    Reply reply;
    reply.body = "4211";
    reply.type = "text/html";
    return reply;
}

Reply Msg91::route(const Request& request) {
    constexpr std::string_view base = "/api/v5/";
    if (!request.path.starts_with(base))
        return refuse({404, "no such path: " + std::string(request.path), true});
    std::string_view path = request.path.substr(base.size());
    if (path.ends_with('/')) path.remove_suffix(1);
    const bool post = request.method == "POST";
    const bool asks = post || request.method == "GET";
    if (find(parse_form(request.query), "authkey"))
        world_.violation(Provider::msg91, "the authkey is in the address");
    if (post && (path == "flow" || path == "whatsapp/whatsapp-outbound-message/bulk" ||
                 path == "whatsapp/whatsapp-outbound-message"))
        return send(request, path);
    if (asks && path == "otp") return otp(request);
    if (asks && path == "otp/verify") return otp_verify(parse_form(request.query));
    if (asks && path == "otp/retry") return otp_retry(parse_form(request.query));
    if (post && path == "report/logs/sms") return sms_log(request);
    if (asks && path == "report/logs/wa") return whatsapp_log();
    return reads(request, path);
}

Reply Msg91::reads(const Request& request, std::string_view path) {
    const bool get = request.method == "GET";
    if (get && path == "report/analytics/p/otp") return json(Json{{"data", Json::array()}});
    if (get && path == "whatsapp/whatsapp-activation")
        return json(Json{{"status", "success"},
                         {"hasError", false},
                         {"data", Json::array({Json{{"integrated_number", config().integrated_number},
                                                    {"status", "active"}}})}});
    if (get && path == "whatsapp/get-template-client/" + config().integrated_number)
        return json(Json{{"status", "success"}, {"hasError", false}, {"data", config().whatsapp_templates}});
    if (request.method == "POST" && path == "subscriptions/fetchPrepaidBalance")
        return json(
            Json{{"status", "success"}, {"hasError", false}, {"data", Json{{"prepaid_balance", "1250.50"}}}});
    if (get && path.starts_with("flows/")) {
        const std::string id(path.substr(6));
        const auto found = config().templates.find(id);
        if (found == config().templates.end())
            return json(Json{{"msg_type", "error"}, {"msg", "Flow not found"}});
        Json variables = Json::array();
        std::string text = "Simulated";
        for (const std::string& name : found->second) {
            variables.push_back(name);
            text += " ##" + name + "##";
        }
        return json(Json{{"msg_type", "success"},
                         {"data", Json{{"FlowName", "Simulated flow"},
                                       {"Sender", config().senders.empty() ? "" : config().senders[0]},
                                       {"Status", "Approved"},
                                       {"FlowState", "Enabled"},
                                       {"DLT_TE_ID", "1107000000000000001"},
                                       {"Message", text},
                                       {"MessageVariable", std::move(variables)}}}});
    }
    return refuse({404, "no such path: " + std::string(request.path), true});
}

Reply Msg91::send(const Request& request, std::string_view path) {
    const Shape shape = path == "flow" ? Shape::sms : Shape::whatsapp;
    if (request.content_type() != "application/json")
        return refuse({102, "Content-Type must be application/json", true}, shape);
    if (request.body.size() > max_body) return refuse({102, "the body is too large", true}, shape);
    Fault fault;
    const Json body = read_json(request.body, fault);
    if (fault) return refuse({102, fault.message(), true}, shape);
    Msg91Message message;
    std::vector<std::string> warnings;
    const Msg91Refusal refusal = path == "flow" ? check_flow(body, config(), message, warnings)
                                 : path.ends_with("/bulk")
                                     ? check_whatsapp_bulk(body, config(), message, warnings)
                                     : check_whatsapp_single(body, config(), message);
    if (refusal) return refuse(refusal, shape);
    for (std::string& warning : warnings) world_.violation(Provider::msg91, std::move(warning));
    if (!world_.within_rate(Provider::msg91, message.sender, config().rate))
        return refuse({429, "Too many requests"}, shape);
    if (repeated(request.body)) return refuse({311, "same request within 10 seconds"}, shape);
    const std::size_t before = world_.ledger().size();
    Reply reply = accept(message, shape);
    if (world_.ledger().size() > before) remember(request.body);
    return reply;
}

// A call has one answer for all its recipients. Of many, each that a rule refuses fails by report instead.
Reply Msg91::accept(const Msg91Message& message, Shape shape) {
    const Verdict first = world_.judge(Provider::msg91, message.recipients.front().digits);
    const bool many = message.recipients.size() > 1;
    const bool whole = first.refused() && (!many || first.code == msg91_role.throttled);
    if (whole) return error(first.code, {}, shape);
    Reply reply;
    reply.cut = first.unanswered();
    if (first.dropped()) return reply;

    const std::uint32_t batch = world_.ledger().next_batch();
    for (std::size_t i = 0; i < message.recipients.size(); ++i) {
        const Msg91Recipient& recipient = message.recipients[i];
        const Verdict verdict = i == 0 ? first : judge(world_.config(), Provider::msg91, recipient.digits, 0);
        const bool ruled = verdict.refused() && verdict.code != msg91_role.throttled;
        Message accepted;
        accepted.provider = Provider::msg91;
        accepted.to = recipient.digits;
        accepted.whatsapp = shape == Shape::whatsapp;
        accepted.kind = message.kind;
        accepted.template_name = message.template_name;
        accepted.ref = message.crqid;
        accepted.text = message.text;
        accepted.params = recipient.params;
        accepted.sender = message.sender;
        accepted.fails_with = ruled ? 2 : 0;  // 2 = failed, in reports of SMS
        world_.accept(accepted, reply.cut, batch);
    }
    const std::string request_id = world_.ledger().token(batch);
    reply.body = shape == Shape::sms ? Json{{"type", "success"}, {"message", request_id}}.dump()
                                     : Json{{"status", "success"},
                                            {"hasError", false},
                                            {"data", "Message is being processed"},
                                            {"errors", nullptr},
                                            {"request_id", request_id}}
                                           .dump();
    return reply;
}

// Code 311 of MSG91's old error list: a request that was accepted is dropped when it comes again within ten
// seconds.
bool Msg91::repeated(std::string_view body) {
    constexpr std::int64_t window_ms = 10'000;
    const std::int64_t now = now_ms();
    while (!recent_order_.empty() && recent_order_.front().first + window_ms <= now) {
        recent_.erase(recent_order_.front().second);
        recent_order_.pop_front();
    }
    return recent_.contains(hash(body));
}

void Msg91::remember(std::string_view body) {
    recent_.insert(hash(body));
    recent_order_.emplace_back(now_ms(), hash(body));
}

Reply Msg91::otp(const Request& request) {
    const Form query = parse_form(request.query);
    static constexpr std::string_view known[] = {
        "template_id", "mobile",    "otp",   "otp_length",  "otp_expiry",       "sender", "unicode",
        "userip",      "invisible", "email", "extra_param", "realTimeResponse", "authkey"};
    for (const auto& [key, value] : query)
        if (std::find(std::begin(known), std::end(known), key) == std::end(known))
            return refuse({102, "parameter " + key + " is not known", true});
    const std::uint64_t number = bare_number(field(query, "mobile"));
    if (number == 0) return refuse({202, "mobile must be digits with country code, no +", true});
    const std::string template_id = field(query, "template_id");
    if (std::find(config().otp_templates.begin(), config().otp_templates.end(), template_id) ==
        config().otp_templates.end())
        return refuse({203, "Invalid OTP template " + template_id});
    const std::string length = field(query, "otp_length");
    if (!length.empty() && (length.size() != 1 || length < "4" || length > "9"))
        return refuse({102, "otp_length must be 4 to 9", true});
    const std::string expiry = field(query, "otp_expiry");
    if (!all_digits(expiry) || expiry.size() > 5 || expiry == "0")
        return refuse({102, "otp_expiry must be given, in minutes", true});
    std::string code = field(query, "otp");
    if (code.empty()) {
        const std::size_t digits = length.empty() ? 4 : static_cast<std::size_t>(length[0] - '0');
        code =
            std::to_string(1'000'000'000 + hash(world_.ledger().token(world_.next_number())) % 1'000'000'000)
                .substr(1, digits);
    } else if (!all_digits(code) || code.size() < 4 || code.size() > 9) {
        return refuse({102, "otp must have 4 to 9 digits", true});
    }
    if (!world_.within_rate(Provider::msg91, "otp", config().rate)) return refuse({429, "Too many requests"});
    const Verdict verdict = world_.judge(Provider::msg91, number);
    if (verdict.refused()) return error(verdict.code, {}, Shape::sms);
    if (verdict.dropped()) return no_answer();
    otps_.start(number, code, now_ms() + std::stoll(expiry) * 60'000);
    return send_otp(number, code, template_id, verdict.unanswered());
}

Reply Msg91::send_otp(std::uint64_t number, std::string_view code, std::string_view template_id, bool cut) {
    const std::uint32_t batch = world_.ledger().next_batch();
    Message accepted;
    accepted.provider = Provider::msg91;
    accepted.to = number;
    accepted.kind = "otp";
    accepted.template_name = template_id;
    accepted.text = code;
    accepted.sender = "otp";
    world_.accept(accepted, cut, batch);
    Reply reply = json(Json{{"type", "success"}, {"request_id", world_.ledger().token(batch)}});
    reply.cut = cut;
    return reply;
}

Reply Msg91::otp_verify(const Form& query) {
    const std::uint64_t number = bare_number(field(query, "mobile"));
    if (number == 0) return refuse({202, "mobile must be digits with country code, no +", true});
    const OtpBook::Answer answer = otps_.verify(number, field(query, "otp"), now_ms());
    return json(Json{{"type", answer.success ? "success" : "error"}, {"message", answer.message}});
}

Reply Msg91::otp_retry(const Form& query) {
    const std::uint64_t number = bare_number(field(query, "mobile"));
    if (number == 0) return refuse({202, "mobile must be digits with country code, no +", true});
    const std::string type = field(query, "retrytype");
    if (type != "text" && type != "voice") return refuse({102, "retrytype must be text or voice", true});
    const char* why = "";
    const std::string code = otps_.retry(number, why);
    if (code.empty()) return json(Json{{"type", "error"}, {"message", why}});
    send_otp(number, code, "", false);
    return json(Json{{"type", "success"}, {"message", "retry send successfully"}});
}

Reply Msg91::sms_log(const Request& request) {
    std::string request_id;
    try {
        request_id = Json::parse(request.body).at("requestId").text();
    } catch (const dakiya::JsonError& wrong) {
        return refuse({102, wrong.what(), true});
    }
    Json data = Json::array();
    const Ledger& ledger = world_.ledger();
    const auto batch = ledger.number_of(request_id);
    const auto first = batch ? ledger.first_of_batch(*batch) : std::nullopt;
    for (std::size_t n = first.value_or(ledger.size()); n < ledger.size() && ledger[n].batch == *batch; ++n) {
        const Entry& entry = ledger[n];
        const Status status = entry.timeline.after(now_ms() - entry.at);
        const bool failed = status == Status::failed;
        data.push_back(Json{{"requestId", request_id},
                            {"telNum", std::to_string(entry.to)},
                            {"status", failed                        ? "Failed"
                                       : status == Status::delivered ? "Delivered"
                                                                     : "Sent"},
                            {"statusCode", failed ? std::to_string(entry.timeline.code) : "1"},
                            {"failureReason", failed ? "failed by the simulation" : ""},
                            {"CRQID", ledger.ref(entry)},
                            {"credit", "1"}});
    }
    return json(Json{{"data", std::move(data)}});
}

Reply Msg91::whatsapp_log() {
    const Ledger& ledger = world_.ledger();
    Json data = Json::array();
    for (std::size_t n = ledger.size(); n-- > 0 && data.size() < 1000;) {
        const Entry& entry = ledger[n];
        if (entry.provider != Provider::msg91 || !entry.whatsapp) continue;
        data.push_back(Json{{"requestId", ledger.id(n)},
                            {"uuid", ledger.token(n)},
                            {"customerNumber", std::to_string(entry.to)},
                            {"integratedNumber", config().integrated_number},
                            {"direction", "1"},
                            {"templateName", ledger.name(entry.template_name)},
                            {"status", name_of(entry.timeline.after(now_ms() - entry.at))},
                            {"CRQID", ledger.ref(entry)}});
    }
    const std::size_t count = data.size();
    return json(Json{{"data", std::move(data)}, {"metadata", Json{{"totalCount", count}}}});
}

}  // namespace sim
