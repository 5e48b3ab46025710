#include "sms.hpp"

#include <algorithm>

#include "dakiya/sms.hpp"
#include "dakiya/waba.hpp"

namespace fast2sms {

using dakiya::Error;
using dakiya::Http;
using dakiya::Json;
using dakiya::Recipient;
using dakiya::Send;
namespace sms = dakiya::sms;

namespace {

bool by_otp_route(const Send& in) { return in.template_ && in.template_->id == otp_template_id; }

// The values in the order of the text; without a synced text, "1", "2", … as far as there are any.
std::vector<std::string> values_of(const Send& in, const Recipient& to) {
    const std::string text = sms::body_of(in.template_->components);
    std::vector<std::string> values;
    for (int n = 1;; ++n) {
        std::string value = to.param(std::to_string(n));
        if (text.empty() ? value.empty() : n > sms::values_in(text)) return values;
        values.push_back(std::move(value));
    }
}

std::string joined(const std::vector<std::string>& values) {
    std::string out;
    for (const std::string& value : values) {
        if (&value != &values.front()) out += '|';
        out += value;
    }
    return out;
}

// What the person will read, where we know it: it tells the alphabet.
std::string final_text(const Send& in, const Recipient& to) {
    if (!in.template_) return in.text_for(to);
    const std::string text = sms::body_of(in.template_->components);
    const auto whole = sms::filled(text, to);
    return whole ? *whole : text;
}

std::optional<Error> values_obstacle(const Account& account, const Send& in, const Recipient& to) {
    const std::vector<std::string> values = values_of(in, to);
    for (std::size_t i = 0; i < values.size(); ++i) {
        if (values[i].empty())
            return Error{"template", "", "the template needs a value for \"" + std::to_string(i + 1) + "\""};
        // The separator cannot be escaped: it would shift all values behind it.
        if (account.route == "dlt" && values[i].find('|') != std::string::npos)
            return Error{"content", "",
                         "the value of \"" + std::to_string(i + 1) +
                             "\" has a |, which Fast2SMS takes for the end of the value"};
    }
    return std::nullopt;
}

std::optional<Error> template_obstacle(const Account& account, const Send& in) {
    if (account.route == "q")
        return Error{"config", "",
                     "the quick route sends plain texts only: choose a DLT route in the "
                     "connection's settings to send templates"};
    const auto& wanted = *in.template_;
    if (!dakiya::waba::is_digits(wanted.id))
        return Error{"template", "", "\"" + wanted.name + "\" has no Fast2SMS id: sync the templates first"};
    if (account.route == "dlt_manual" && sms::body_of(wanted.components).empty())
        return Error{"template", "", "the text of \"" + wanted.name + "\" is not known: sync the templates"};
    return values_obstacle(account, in, in.to.front());
}

std::optional<Error> otp_obstacle(const Account& account, const Send& in) {
    if (!account.otp_route)
        return Error{"config", "", "the one-time code route is not switched on in the connection's settings"};
    if (in.to.size() > 1)
        return Error{"config", "998", "the one-time code route is not for several people at once"};
    if (!dakiya::waba::is_digits(in.to.front().param("1")))
        return Error{"content", "997", "a one-time code on this route has digits only"};
    return std::nullopt;
}

}  // namespace

std::optional<Error> sms_obstacle(const Account& account, const Send& in) {
    for (const Recipient& to : in.to)
        if (to.params != in.to.front().params || in.text_for(to) != in.text_for(in.to.front()))
            return Error{"plugin", "", "a call of Fast2SMS has one text for all of its recipients"};
    if (by_otp_route(in)) return otp_obstacle(account, in);
    if (in.kind == "template") return template_obstacle(account, in);
    if (in.kind != "text")
        return Error{"content", "",
                     "an SMS is a text or a template; \"" + in.kind + "\" cannot go out as SMS"};
    if (account.route == "dlt")
        return Error{"content", "",
                     "this connection sends SMS by DLT template only: use a template, or choose "
                     "another route in the settings"};
    if (in.text_for(in.to.front()).empty()) return Error{"content", "", "the text is empty"};
    return std::nullopt;
}

std::optional<Error> number_obstacle(const Recipient& to) {
    if (indian_number(to.address)) return std::nullopt;
    return Error{"recipient", "", "Fast2SMS sends SMS to Indian mobile numbers only: +91 and ten digits"};
}

Http sms_request(const Account& account, const Send& in, const std::vector<const Recipient*>& to) {
    const Recipient& first = *to.front();
    Json body = Json::object();
    if (by_otp_route(in)) {
        body = {{"route", "otp"}, {"variables_values", first.param("1")}};
    } else if (account.route == "q") {
        body = {{"route", "q"}, {"message", in.text_for(first)}};
    } else if (account.route == "dlt") {
        body = {{"route", "dlt"}, {"message", in.template_->id}};
        if (const auto values = values_of(in, first); !values.empty())
            body.set("variables_values", joined(values));
    } else {
        body = {{"route", "dlt_manual"}, {"message", final_text(in, first)}};
        const std::string id = in.template_ ? in.template_->id : in.extra.value("dlt_template_id", "");
        if (!id.empty()) body.set("template_id", id);
        if (!account.entity_id.empty()) body.set("entity_id", account.entity_id);
    }
    const bool named = body["route"] == Json("dlt") || body["route"] == Json("dlt_manual");
    if (const std::string& sender = in.from.empty() ? account.sender : in.from; named && !sender.empty())
        body.set("sender_id", sender);
    const bool unicode = !by_otp_route(in) && !sms::is_gsm7(final_text(in, first));
    if (unicode || account.route == "q") body.set("language", unicode ? "unicode" : "english");
    if (in.extra.value("flash", false)) body.set("flash", 1);

    std::string numbers;
    for (const Recipient* one : to) numbers += (numbers.empty() ? "" : ",") + *indian_number(one->address);
    body.set("numbers", numbers);
    if (to.size() == 1 && !first.ref.empty()) body.set("udf1", first.ref);
    Http http = account.post("/bulkV2");
    http.json(body).limit("send");
    if (by_otp_route(in) || (in.template_ && in.template_->category == "authentication")) http.secret_body();
    return http;
}

}  // namespace fast2sms
