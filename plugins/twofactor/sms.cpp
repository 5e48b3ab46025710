#include "sms.hpp"

#include <algorithm>

#include "dakiya/sms.hpp"
#include "dakiya/text.hpp"

namespace twofactor {

using dakiya::characters;
using dakiya::Error;
using dakiya::Form;
using dakiya::Http;
using dakiya::Json;
using dakiya::Next;
using dakiya::Recipient;
using dakiya::Send;

namespace {

// DLT allows that many characters in one variable: longer values come back as a content rejection
// (TRAI's scrubbing rules, as 2Factor's DLT guide repeats them). Links have rules of their own.
constexpr std::size_t longest_value = 40;

bool is_link(std::string_view text) {
    return text.substr(0, 8) == "https://" || text.substr(0, 7) == "http://";
}

const std::string& sender_of(const Account& account, const Send& in) {
    return in.from.empty() ? account.sender : in.from;
}

std::optional<Error> value_obstacle(const SmsTemplate& sms, const Recipient& to) {
    for (int i = 1; i <= sms.variables; ++i) {
        const std::string name = std::to_string(i), value = to.param(name);
        if (value.empty())
            return Error{"content", "variable_missing",
                         "the template \"" + sms.name + "\" needs a value for {{" + name + "}}"};
        if (characters(value) > longest_value && !is_link(value))
            return Error{"content", "variable_too_long",
                         "the value of {{" + name +
                             "}} has more than 40 characters, which DLT refuses in India; shorten it"};
    }
    return std::nullopt;
}

}  // namespace

std::optional<Error> obstacle(const Account& account, const Send& in) {
    if (in.channel != "sms" && !in.channel.empty())
        return Error{"config", "no_channel", "2Factor has no channel \"" + in.channel + "\" here"};
    if (in.kind != "template")
        return Error{
            "content", "template_only",
            "2Factor sends SMS from approved templates only; a " + in.kind + " message cannot go out"};
    const SmsTemplate* sms = account.find(in.template_->name);
    if (!sms)
        return Error{"template", "unknown_template",
                     "\"" + in.template_->name +
                         "\" is not among the templates of this connection: enter it in the settings as the "
                         "panel has it"};
    if (sender_of(account, in).empty())
        return Error{"config", "no_sender",
                     "this connection has no SMS sender name: enter it in the settings"};
    const Recipient& to = in.to.front();
    if (!digits_of(to.address))
        return Error{"recipient", "not_indian", "2Factor reaches Indian numbers only, such as +919812345678"};
    return value_obstacle(*sms, to);
}

Http sms_request(const Account& account, const Send& in) {
    const SmsTemplate& sms = *account.find(in.template_->name);
    const Recipient& to = in.to.front();
    const std::string digits = to.address.substr(1);
    if (sms.promotional) {  // no template name: the whole text goes along, and every value is there
        Http http = account.post("/ADDON_SERVICES/SEND/PSMS");
        http.form(Form{
            {"From", sender_of(account, in)}, {"To", digits}, {"Msg", *dakiya::sms::filled(sms.text, to)}});
        return http;
    }
    Form form{{"module", "TRANS_SMS"},
              {"to", digits},
              {"from", sender_of(account, in)},
              {"templatename", sms.name}};
    for (int i = 1; i <= sms.variables; ++i) form.add("var" + std::to_string(i), to.param(std::to_string(i)));
    if (!account.dlt_pe_id.empty()) form.add("peid", account.dlt_pe_id);
    if (!sms.dlt_id.empty()) form.add("ctid", sms.dlt_id);
    return account.send(std::move(form));
}

Next list_templates(const Account& account) {
    Next next = Next::done();
    for (const SmsTemplate& sms : account.templates) {
        Json record = dakiya::sms::template_record(sms.name, "", "", sms.text, "approved");
        record.set("category", sms.promotional ? "marketing" : "utility");
        next.record("template", record);
    }
    return next;
}

}  // namespace twofactor
