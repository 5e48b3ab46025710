#include "twofactor.hpp"

#include <algorithm>

namespace sim {
namespace {

using dakiya::Json;

Reply said(bool success, std::string_view details, int status = 200) {
    return {status, Json{{"Status", success ? "Success" : "Error"}, {"Details", details}}.dump()};
}

// Ten digits, or those behind 91 or +91. 0 when it is something else.
std::uint64_t indian_number(std::string_view text) {
    if (text.starts_with('+')) text.remove_prefix(1);
    if (text.size() == 12 && text.starts_with("91")) text.remove_prefix(2);
    if (text.size() != 10 || !all_digits(text)) return 0;
    return 910'000'000'000ULL + std::stoull(std::string(text));
}

}  // namespace

// Most failures are HTTP 200; some come as 400 with the same JSON, which the address alone decides here.
Reply TwoFactor::refuse(int code, std::string_view words, bool violation) {
    if (violation) world_.violation(Provider::twofactor, std::string(words));
    world_.refuse(Provider::twofactor, code);
    return said(false, words, code);
}

Reply TwoFactor::answer(const Request& request) {
    if (request.path == "/API/R1/") return transactional(request);
    constexpr std::string_view base = "/API/V1/";
    if (!request.path.starts_with(base))
        return refuse(404, "no such path: " + std::string(request.path), true);
    std::vector<std::string_view> steps = split(request.path.substr(base.size()), '/');
    if (steps[0] != config().api_key) return refuse(200, "Invalid API Key");
    steps.erase(steps.begin());
    std::string path;
    for (const std::string_view step : steps) path += '/' + std::string(step);
    if (path == "/BAL/SMS") return said(true, "120");
    if (path == "/ADDON_SERVICES/BAL/TRANSACTIONAL_SMS") return said(true, "4211");
    if (path == "/ADDON_SERVICES/SEND/PSMS") return promotional(request);
    if (path.starts_with("/ADDON_SERVICES/RPT/TSMS/") && steps.size() == 4) return report(steps[3]);
    if (steps.size() >= 3 && (steps[0] == "SMS" || steps[0] == "VOICE")) return one_time(steps);
    return refuse(404, "no such path: " + path, true);
}

Reply TwoFactor::transactional(const Request& request) {
    if (request.method != "POST") return refuse(400, "the key would be in the address: use POST", true);
    if (request.content_type() != "application/x-www-form-urlencoded")
        return refuse(400, "a form is needed", true);
    const Form form = parse_form(request.body);
    if (field(form, "apikey") != config().api_key) return refuse(200, "Invalid API Key");
    if (field(form, "module") != "TRANS_SMS") return refuse(200, "Invalid module", true);
    const std::string name = field(form, "templatename"), sender = field(form, "from");
    if (name.empty()) return refuse(200, "Missing templatename value", true);
    const auto made = config().templates.find(name);
    const bool ours =
        std::find(config().senders.begin(), config().senders.end(), sender) != config().senders.end();
    if (made == config().templates.end() || !ours)
        return refuse(200, "Incorrect sender id and templatename provided");
    const std::uint64_t to = indian_number(field(form, "to"));
    if (to == 0) return refuse(400, "Invalid Phone Number", true);
    Json params = Json::array();
    for (std::int64_t i = 1; i <= made->second; ++i) {
        const std::string value = field(form, "var" + std::to_string(i));
        if (value.empty()) world_.violation(Provider::twofactor, "var" + std::to_string(i) + " is missing");
        params.push_back(value);
    }
    return accept(to, sender, name, "", params.dump());
}

Reply TwoFactor::promotional(const Request& request) {
    if (request.method != "POST") return refuse(400, "use POST", true);
    const Form form = parse_form(request.body);
    const std::uint64_t to = indian_number(field(form, "To"));
    if (to == 0) return refuse(400, "Invalid Phone Number", true);
    if (field(form, "From").empty() || field(form, "Msg").empty())
        return refuse(200, "Missing parameter", true);
    return accept(to, field(form, "From"), "", field(form, "Msg"), "");
}

Reply TwoFactor::accept(std::uint64_t to, std::string_view sender, std::string_view template_name,
                        std::string_view text, std::string_view params) {
    if (!world_.within_rate(Provider::twofactor, "account", config().rate))
        return refuse(429, "Too many requests");
    Message message;
    message.provider = Provider::twofactor;
    message.to = to;
    message.kind = template_name.empty() ? "text" : "template";
    message.template_name = template_name;
    message.text = text;
    message.params = params;
    message.sender = sender;
    const Outcome outcome = world_.take(message);
    if (outcome.refused) return said(false, "refused by the simulation", outcome.refused == 429 ? 429 : 200);
    return outcome.unanswered ? no_answer() : said(true, world_.ledger().id(*outcome.n));
}

// SMS/{number}/AUTOGEN[/{template}], SMS/VERIFY/{session}/{code}, SMS/VERIFY3/{number}/{code}; VOICE
// likewise.
Reply TwoFactor::one_time(const std::vector<std::string_view>& steps) {
    const bool voice = steps[0] == "VOICE";
    if (steps[1] == "VERIFY" && steps.size() == 4) return verify(std::string(steps[2]), steps[3], voice);
    if (steps[1] == "VERIFY3" && steps.size() == 4 && !voice) {
        const std::uint64_t number = indian_number(steps[2]);
        for (const auto& [session, code] : codes_)
            if (code.number == number && !code.used) return verify(session, steps[3], voice);
        return said(false, "OTP Mismatch", 400);
    }
    const std::uint64_t number = indian_number(steps[1]);
    if (number == 0) return refuse(400, "Invalid Phone Number", true);
    if (steps[2] != "AUTOGEN" || steps.size() > 4) return refuse(404, "no such path", true);
    if (steps.size() == 4) {
        const auto& known = config().otp_templates;
        if (std::find(known.begin(), known.end(), percent_decode(steps[3])) == known.end())
            return refuse(200, "Invalid template name");
    }
    return send_code(number, voice);
}

Reply TwoFactor::send_code(std::uint64_t number, bool voice) {
    const std::string digits = std::to_string(100'000 + mix(world_.next_number(), number, 0) % 900'000);
    Message message;
    message.provider = Provider::twofactor;
    message.to = number;
    message.kind = "otp";
    message.text = digits;
    message.sender = voice ? "voice" : "sms";
    const std::string session = world_.ledger().id(world_.accept(message, false));
    codes_[session] = {number, digits, voice, false};
    return said(true, session);
}

// A code that was used before is reported as expired beside a Success: only "OTP Matched" lets anybody in.
Reply TwoFactor::verify(const std::string& session, std::string_view digits, bool voice) {
    const auto found = codes_.find(session);
    if (found == codes_.end() || found->second.voice != voice || found->second.digits != digits)
        return said(false, "OTP Mismatch", 400);
    if (found->second.used) return said(true, "OTP Expired");
    found->second.used = true;
    return said(true, "OTP Matched");
}

Reply TwoFactor::report(std::string_view session) {
    const auto n = world_.ledger().number_of(session);
    std::string xml = "<smsLog><logStatus>invalid</logStatus></smsLog>";
    if (n && *n < world_.ledger().size()) {
        const Entry& entry = world_.ledger()[static_cast<std::size_t>(*n)];
        const Status status = entry.timeline.after(now_ms() - entry.at);
        const char* word = status == Status::failed      ? "UNDELIVERABLE"
                           : status == Status::delivered ? "DELIVERED"
                                                         : "PENDING";
        xml = std::string(
                  "<smsLog><logStatus>valid</logStatus><sms><smsStatus><statusId>0</statusId><statusDesc>") +
              word +
              "</statusDesc></smsStatus><smsError><errorGroupId>0</errorGroupId></smsError></sms></smsLog>";
    }
    Reply reply{200, xml};
    reply.type = "application/xml";
    return reply;
}

}  // namespace sim
