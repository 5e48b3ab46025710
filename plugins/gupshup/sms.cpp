#include "sms.hpp"

#include <cstdlib>

#include "dakiya/reply.hpp"
#include "dakiya/sms.hpp"
#include "dakiya/waba.hpp"

namespace gupshup {

using dakiya::Error;
using dakiya::Form;
using dakiya::Http;
using dakiya::Json;
using dakiya::Recipient;
using dakiya::Reply;
using dakiya::Send;
namespace sms = dakiya::sms;

namespace {

struct Row {
    int code;
    const char* cls;
};

constexpr Row codes[] = {
    {100, "provider"},   // unknown error
    {101, "config"},     // parameter missing
    {102, "auth"},       // wrong account or password
    {103, "auth"},       // unknown account
    {104, "auth"},       // account disabled
    {105, "recipient"},  // invalid number
    {106, "config"},     // method not enabled
    {107, "config"},     // version
    {108, "config"},     // sender name
    {109, "config"},     // DND value
    {175, "config"},     // service not enabled, such as other countries
    {322, "throttled"},  // too many requests
};
constexpr int first_unlisted = 110;  // from here on there are more, and all are about the call itself
constexpr std::int64_t after_too_many_ms = 1'000;

Error error_with(const std::string& code, const std::string& details) {
    Error error{"other", code, details.empty() ? "Gupshup gives no reason" : details};
    const int number = std::atoi(code.c_str());
    for (const Row& row : codes)
        if (row.code == number) error.cls = row.cls;
    if (error.cls == "other")
        if (const auto found = sms::scrubbed(details)) error.cls = found->cls;
    if (error.cls == "other" && number >= first_unlisted) error.cls = "content";
    if (error.cls == "throttled") error.retry_after_ms = after_too_many_ms;
    return error;
}

std::optional<SmsResult> read_row(const Json& row) {
    const std::string status = word(row["status"]), id = word(row["id"]);
    if (status == "success" && !id.empty()) return SmsResult{true, id, {}};
    if (status == "error") return SmsResult{false, {}, error_with(id, word(row["details"]))};
    return std::nullopt;
}

// "919812345678" and "9812345678" are the same Indian number.
bool same_number(std::string_view theirs, std::string_view address) {
    address.remove_prefix(1);
    return theirs == address || (address.substr(0, 2) == "91" && theirs == address.substr(2));
}

const SmsTemplate* registered(const Account& account, const Send& in) {
    for (const SmsTemplate& one : account.sms_templates)
        if (one.dlt_id == in.template_->id || (in.template_->id.empty() && one.name == in.template_->name))
            return &one;
    return nullptr;
}

// The text of the settings, not of the sync: it is compared character by character.
std::string text_for(const Account& account, const Send& in, const Recipient& to) {
    if (in.kind == "text") return in.text_for(to);
    const SmsTemplate* one = registered(account, in);
    return one ? sms::filled(one->text, to).value_or("") : "";
}

std::string dlt_id_of(const Account& account, const Send& in) {
    if (in.kind == "text") return in.extra.value("dlt_template_id", "");
    const SmsTemplate* one = registered(account, in);
    return one ? one->dlt_id : "";
}

Form signed_form(const Account& account) {
    return {{"method", "SendMessage"},
            {"userid", account.sms_userid},
            {"password", account.sms_password},
            {"auth_scheme", "plain"},
            {"v", "1.1"},
            {"format", "json"}};
}

Http post(const Form& form) {
    Http http =
        Http::post("https://enterprise.smsgupshup.com/GatewayAPI/rest");  // GET would log the password
    return http.form(form).secret_body();
}

}  // namespace

std::optional<Error> sms_obstacle(const Account& account, const Send& in) {
    if (!account.has_sms())
        return Error{"config", "", "this connection has no SMS account: enter it in the settings"};
    if (in.kind != "text" && in.kind != "template")
        return Error{"content", "",
                     "an SMS is a text or a template; \"" + in.kind + "\" cannot go out as SMS"};
    for (const Recipient& to : in.to)
        if (to.params != in.to.front().params || in.text_for(to) != in.text_for(in.to.front()))
            return Error{"plugin", "", "an SMS call of Gupshup has one text for all of its recipients"};
    if (in.kind == "template" && !registered(account, in))
        return Error{
            "template", "",
            "\"" + in.template_->name + "\" is not among the SMS templates of the connection's settings"};
    if (text_for(account, in, in.to.front()).empty())
        return in.kind == "text"
                   ? Error{"content", "", "the text is empty"}
                   : Error{"template", "", "the template needs a value for each of its variables"};
    return std::nullopt;
}

std::optional<Error> number_obstacle(const Account& account, const Send& in, const Recipient& to) {
    if (digits_of(to.address).empty())
        return Error{"recipient", "", "an SMS needs an international number such as +919812345678"};
    if (to.address.compare(0, 3, "+91") != 0) return std::nullopt;
    if (to.address.size() != 13)
        return Error{"recipient", "105", "an Indian mobile number has ten digits after +91"};
    if (dlt_id_of(account, in).empty())
        return Error{"template", "",
                     "an SMS to India needs the number of its DLT template: use a template, or "
                     "give \"dlt_template_id\" with the text"};
    if (account.entity_id.empty())
        return Error{"config", "", "an SMS to India needs the DLT entity number: enter it in the settings"};
    return std::nullopt;
}

Http sms_request(const Account& account, const Send& in, const std::vector<const Recipient*>& to) {
    const std::string text = text_for(account, in, *to.front());
    const SmsTemplate* one = in.kind == "template" ? registered(account, in) : nullptr;
    std::string mask = !in.from.empty() ? in.from : one ? one->sender : "";
    if (mask.empty()) mask = account.sms_mask;
    std::string numbers;
    for (const Recipient* person : to) numbers += (numbers.empty() ? "" : ",") + digits_of(person->address);

    Form form = signed_form(account);
    form.add("send_to", numbers).add("msg", text);
    // The gateway does not choose the alphabet by itself.
    form.add("msg_type", !sms::is_gsm7(text)              ? "UNICODE_TEXT"
                         : in.extra.value("flash", false) ? "FLASH"
                                                          : "TEXT");
    if (!mask.empty()) form.add("mask", mask);
    if (!account.entity_id.empty()) form.add("principalEntityId", account.entity_id);
    if (const std::string id = dlt_id_of(account, in); !id.empty()) form.add("dltTemplateId", id);
    Http http = post(form);
    http.limit("sms");
    return http;
}

Http sms_probe(const Account& account) {
    Form form = signed_form(account);
    form.add("send_to", "0").add("msg", "test").add("msg_type", "TEXT");
    Http http = post(form);
    return http.then("sms");
}

std::optional<SmsResult> sms_result(const Reply& reply, std::string_view address, std::size_t people) {
    const Json* body = reply.ok() ? object_of(reply) : nullptr;
    if (!body) return std::nullopt;
    const Json& rows = (*body)["data"]["response_messages"];
    if (rows.is_array()) {
        for (const Json& row : rows)
            if (same_number(word(row["phone"]), address)) return read_row(row);
        return std::nullopt;
    }
    const Json& one = (*body)["response"];
    const auto result = read_row(one);
    // A refusal of the whole call names nobody; an acceptance is of one person.
    if (result && result->accepted && people > 1 && !same_number(word(one["phone"]), address))
        return std::nullopt;
    return result;
}

Error sms_error(const Reply& reply) {
    const int http = reply.status();
    Error error{"provider", std::to_string(http),
                http == 0 ? "Gupshup's SMS gateway could not be reached (" + std::string(reply.error()) + ")"
                          : "the answer of Gupshup's SMS gateway cannot be read"};
    if (http == 429) error = {"throttled", "429", "too many requests", after_too_many_ms};
    return error;
}

bool sms_refused(const Reply& reply) {
    return reply.status() >= 300 && reply.status() < 500 && reply.status() != 408;
}

}  // namespace gupshup
