#include "twilio_message.hpp"

#include "client.hpp"

#include <algorithm>
#include <array>
#include <set>

namespace sim {
namespace {

using dakiya::Json;

constexpr std::array parameters = {"To",
                                   "From",
                                   "MessagingServiceSid",
                                   "Body",
                                   "MediaUrl",
                                   "ContentSid",
                                   "ContentVariables",
                                   "StatusCallback",
                                   "ApplicationSid",
                                   "ProvideFeedback",
                                   "Attempt",
                                   "ValidityPeriod",
                                   "ForceDelivery",
                                   "ContentRetention",
                                   "AddressRetention",
                                   "SmartEncoded",
                                   "PersistentAction",
                                   "TrafficType",
                                   "ShortenUrls",
                                   "ScheduleType",
                                   "SendAt",
                                   "SendAsMms",
                                   "RiskCheck",
                                   "FallbackFrom",
                                   "MaxPrice"};

// "+919812345678" or "whatsapp:+919812345678"; 0 when it is neither.
std::uint64_t number_of(std::string_view address, bool& whatsapp) {
    whatsapp = address.starts_with("whatsapp:");
    if (whatsapp) address.remove_prefix(9);
    if (!address.starts_with('+') || !all_digits(address.substr(1)) || address.size() < 9 ||
        address.size() > 16)
        return 0;
    return *digits_of(address);
}

TwilioRefusal check_parameters(const Form& form) {
    std::set<std::string_view> seen;
    for (const auto& [key, value] : form) {
        if (std::find(parameters.begin(), parameters.end(), key) == parameters.end())
            return {20001, "Parameter \"" + key + "\" does not exist", true};
        if (!seen.insert(key).second && key != "MediaUrl" && key != "PersistentAction")
            return {key == "To" ? 21653 : 20001, "Parameter \"" + key + "\" is given twice", true};
    }
    return {};
}

TwilioRefusal check_sender(const Form& form, const TwilioConfig& config, TwilioMessage& out) {
    const std::string* service = find(form, "MessagingServiceSid");
    const std::string* from = find(form, "From");
    if (service) {
        if (*service != config.messaging_service_sid)
            return {21701, "The Messaging Service " + *service + " does not exist"};
        out.service = true;
        out.sender = *service;
        return {};
    }
    if (!from || from->empty()) return {21603, "A 'From' phone number is required", true};
    std::string number = *from;
    const bool whatsapp = number.starts_with("whatsapp:");
    if (whatsapp) number.erase(0, 9);
    if (whatsapp != out.whatsapp) return {21660, "'From' and 'To' are of different channels", true};
    if (std::find(config.senders.begin(), config.senders.end(), number) == config.senders.end())
        return {out.whatsapp ? 63007 : 21606, "'From' " + *from + " is not a sender of this account"};
    out.sender = *from;
    return {};
}

std::set<std::string> placeholders(const Json& content) {
    std::set<std::string> names;
    for (const auto& [name, sample] : content["variables"].members()) names.insert(name);
    return names;
}

TwilioRefusal check_content(const Form& form, const TwilioConfig& config, TwilioMessage& out,
                            std::vector<std::string>& warnings) {
    const Json* content = nullptr;
    for (const Json& made : config.contents)
        if (made.value("sid", "") == out.content_sid) content = &made;
    if (!content) return {21656, "The content " + out.content_sid + " does not exist"};
    if (out.whatsapp && (*content)["approval_requests"].value("status", "") != "approved")
        return {63016, "The template is not approved"};
    std::set<std::string> missing = placeholders(*content);
    if (const std::string* text = find(form, "ContentVariables")) {
        Json variables;
        try {
            variables = Json::parse(*text);
        } catch (const dakiya::JsonError&) {
            return {21656, "ContentVariables is not JSON", true};
        }
        if (!variables.is_object()) return {21656, "ContentVariables must be a JSON object", true};
        for (const auto& [name, value] : variables.members()) {
            if (!value.is_string() || value.text().empty())
                return {21656, "ContentVariables: " + name + " must be a text that is not empty", true};
            if (value.text().find("     ") != std::string::npos)
                return {63013, "ContentVariables: " + name + " has more than four spaces in a row"};
            if (!placeholders(*content).contains(name))
                return {21656, "ContentVariables: the content has no placeholder " + name};
            missing.erase(name);
        }
        if (variables.empty())
            warnings.push_back("ContentVariables of a content without variables must be left out");
        out.variables = *text;
    }
    for (const std::string& name : missing)
        warnings.push_back("variable " + name + " is missing: the recipient sees the sample value");
    return {};
}

TwilioRefusal check_words(const Form& form, const TwilioConfig& config, TwilioMessage& out,
                          std::vector<std::string>& warnings) {
    const auto media =
        std::count_if(form.begin(), form.end(), [](const auto& pair) { return pair.first == "MediaUrl"; });
    out.media = media > 0;
    if (const std::string* url = find(form, "MediaUrl")) out.variables = Json::array({Json(*url)}).dump();
    if (const std::string* sid = find(form, "ContentSid")) {
        out.content_sid = *sid;
        if (!sid->starts_with("HX") || !is_hex(std::string_view(*sid).substr(2), 32))
            return {21656, "ContentSid must be HX and 32 hex digits", true};
        if (find(form, "Body") || media > 0) return {63016, "Body or MediaUrl beside ContentSid", true};
        return check_content(form, config, out, warnings);
    }
    if (find(form, "ContentVariables")) return {21656, "ContentVariables without ContentSid", true};
    if (const std::string* body = find(form, "Body")) out.body = *body;
    if (out.body.empty() && media == 0) return {21602, "Message body is required", true};
    if (count_code_points(out.body) > 1600)
        return {21617, "The concatenated message body exceeds the 1600 character limit", true};
    if (media > (out.whatsapp ? 1 : 10)) return {21623, "Number of media files exceeds the limit", true};
    for (const auto& [key, value] : form)
        if (key == "MediaUrl" && !parse_url(value)) return {21620, "Invalid media URL " + value, true};
    return {};
}

// The query of a callback must survive being parsed and written again: github.com/twilio/twilio-php issue
// 790.
void warn_about_query(std::string_view url, std::vector<std::string>& warnings) {
    const std::size_t mark = url.find('?');
    if (mark == std::string_view::npos) return;
    const Form query = parse_form(url.substr(mark + 1, url.find('#') - mark - 1));
    if (!std::is_sorted(query.begin(), query.end(),
                        [](const auto& a, const auto& b) { return a.first < b.first; }))
        warnings.push_back(
            "StatusCallback: the names in the query are not sorted, its signature will not be stable");
    for (const auto& [key, value] : query)
        if (percent_encode(key) != key || percent_encode(value) != value)
            warnings.push_back(
                "StatusCallback: the query has reserved characters, its signature will not be stable");
}

TwilioRefusal check_callback(const Form& form, TwilioMessage& out, std::vector<std::string>& warnings) {
    const std::string* callback = find(form, "StatusCallback");
    if (!callback) return {};
    const auto url = parse_url(*callback);
    if (!url || url->host.find('_') != std::string::npos)
        return {21609, "The StatusCallback URL " + *callback + " is not a valid URL", true};
    warn_about_query(*callback, warnings);
    out.callback = *callback;
    const std::size_t mark = url->target.find('?');
    if (mark == std::string::npos) return {};
    if (const Form query = parse_form(url->target.substr(mark + 1)); const std::string* m = find(query, "m"))
        out.ref = *m;
    return {};
}

TwilioRefusal check_options(const Form& form) {
    if (const std::string* period = find(form, "ValidityPeriod"))
        if (!all_digits(*period) || period->size() > 5 || std::stoi(*period) < 1 ||
            std::stoi(*period) > 36000)
            return {21616, "ValidityPeriod must be 1 to 36000 seconds", true};
    if (find(form, "ScheduleType") || find(form, "SendAt"))
        return {35114, "scheduled messages are not played by the simulator: send when it is time"};
    return {};
}

}  // namespace

TwilioRefusal check_twilio_message(const Form& form, const TwilioConfig& config, TwilioMessage& out,
                                   std::vector<std::string>& warnings) {
    if (const TwilioRefusal refusal = check_parameters(form)) return refusal;
    const std::string* to = find(form, "To");
    if (!to || to->empty()) return {21604, "A 'To' phone number is required", true};
    if (to->find(',') != std::string::npos) return {21653, "'To' holds more than one number", true};
    out.to = *to;
    out.digits = number_of(*to, out.whatsapp);
    if (out.digits == 0) return {21211, "Invalid 'To' Phone Number: " + *to, true};
    if (const TwilioRefusal refusal = check_sender(form, config, out)) return refusal;
    if (const TwilioRefusal refusal = check_words(form, config, out, warnings)) return refusal;
    if (const TwilioRefusal refusal = check_callback(form, out, warnings)) return refusal;
    return check_options(form);
}

int twilio_http_status(int code) {
    switch (code) {
        case 20003:
            return 401;
        case 20404:
            return 404;
        case 20410:
            return 410;
        case 20429:
            return 429;
        case 20500:
            return 500;
        case 20503:
            return 503;
        default:
            return 400;
    }
}

std::string twilio_error_text(int code) {
    switch (code) {
        case 20003:
            return "Authenticate";
        case 20404:
            return "The requested resource was not found";
        case 20410:
            return "Gone";
        case 20429:
            return "Too Many Requests";
        case 20500:
            return "Internal Server Error";
        case 20503:
            return "Service Unavailable";
        case 21211:
            return "Invalid 'To' Phone Number";
        case 21408:
            return "Permission to send an SMS has not been enabled for the region";
        case 21610:
            return "Attempt to send to unsubscribed recipient";
        case 21611:
            return "This 'From' number has exceeded the maximum number of queued messages";
        case 21612:
            return "The 'To' phone number is not currently reachable using the 'From' phone number";
        case 21614:
            return "'To' number is not a valid mobile number";
        case 63016:
            return "Failed to send freeform message because you are outside the allowed window";
        case 63017:
            return "Rate limit exceeded";
        case 63018:
            return "Rate limit exceeded for Channel";
        default:
            return "Error " + std::to_string(code);
    }
}

}  // namespace sim
