// The enterprise SMS gateway: everything is HTTP 200, and `id` holds the error's code when `status` is error.
#include "gupshup.hpp"

#include <algorithm>

namespace sim {
namespace {

using dakiya::Json;

Json row(std::string_view status, std::string_view id, std::string_view phone, std::string_view details) {
    return {{"id", id}, {"phone", phone}, {"details", details}, {"status", status}};
}

Reply one(Json said) { return {200, Json{{"response", std::move(said)}}.dump()}; }

// "Hi {#var#}, bye" fits "Hi Asha, bye": the operators compare character by character.
bool matches(std::string_view pattern, std::string_view text) {
    const std::size_t open = pattern.find("{#");
    if (open == pattern.npos) return pattern == text;
    const std::string_view before = pattern.substr(0, open);
    if (!text.starts_with(before)) return false;
    const std::string_view rest = pattern.substr(pattern.find("#}") + 2);
    for (std::size_t at = before.size() + 1; at <= text.size(); ++at)
        if (matches(rest, text.substr(at))) return true;
    return false;
}

bool is_ascii(std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

}  // namespace

// What is wrong with the whole call; "" when nothing is.
std::string Gupshup::sms_fault(const Form& form, int& code) {
    code = 102;
    if (field(form, "userid") != config().sms_userid || field(form, "password") != config().sms_password)
        return "Authentication failed due to invalid userId or password";
    code = 107;
    if (field(form, "v") != "1.1") return "The version is invalid";
    code = 106;
    if (field(form, "method") != "SendMessage") return "The method is not enabled";
    code = 101;
    for (const char* name : {"send_to", "msg", "msg_type", "auth_scheme"})
        if (field(form, name).empty()) return std::string(name) + " is missing";
    if (field(form, "format") != "json") return "format must be json for a client that reads JSON";
    return {};
}

Json Gupshup::sms_row(const Form& form, std::string_view number) {
    const auto fail = [&](int code, std::string_view words, bool violation) {
        if (violation) world_.violation(Provider::gupshup, "SMS: " + std::string(words));
        world_.refuse(Provider::gupshup, code);
        return row("error", std::to_string(code), number, words);
    };
    const std::string text = field(form, "msg"), type = field(form, "msg_type"), mask = field(form, "mask");
    if (!all_digits(number) || number.size() < 10 || number.size() > 15)
        return fail(105, "The phone number is invalid", number != "0");  // "0" is how an account is tested
    if (!is_ascii(text) && type != "UNICODE_TEXT") return fail(101, "not GSM-7, and not UNICODE_TEXT", true);
    if (number.starts_with("91")) {
        if (std::find(config().masks.begin(), config().masks.end(), mask) == config().masks.end())
            return fail(108, "The mask is invalid", true);
        const auto made = config().sms_templates.find(field(form, "dltTemplateId"));
        if (field(form, "principalEntityId") != config().entity_id || made == config().sms_templates.end())
            return fail(101, "the DLT numbers are missing or not the account's", true);
        if (!matches(made->second, text)) return fail(101, "the text does not match the DLT template", true);
    }
    if (!world_.within_rate(Provider::gupshup, "sms", config().rate))
        return fail(322, "too many requests", false);
    Message message;
    message.provider = Provider::gupshup;
    message.to = std::stoull(std::string(number));
    message.kind = "text";
    message.text = text;
    message.sender = mask;
    const Outcome outcome = world_.take(message);
    if (outcome.refused) return row("error", "322", number, "refused by the simulation");
    return outcome.unanswered ? Json() : row("success", world_.ledger().id(*outcome.n), number, "");
}

Reply Gupshup::sms(const Request& request) {
    if (request.method != "POST") {
        world_.violation(Provider::gupshup, "SMS: the password would be in the address: use POST");
        return one(row("error", "101", "", "use POST"));
    }
    const Form form = parse_form(request.body);
    int code = 0;
    if (const std::string fault = sms_fault(form, code); !fault.empty()) {
        if (code != 102) world_.violation(Provider::gupshup, "SMS: " + fault);
        world_.refuse(Provider::gupshup, code);
        return one(row("error", std::to_string(code), "", fault));
    }
    const std::string to = field(form, "send_to");
    const std::vector<std::string_view> numbers = split(to, ',');
    Json rows = Json::array();
    for (const std::string_view number : numbers) {
        Json said = sms_row(form, number);
        if (said.is_null()) return no_answer();
        rows.push_back(std::move(said));
    }
    if (numbers.size() == 1) return one(rows.at(0));
    return {200, Json{{"data", Json{{"response_messages", std::move(rows)}}}}.dump()};
}

}  // namespace sim
