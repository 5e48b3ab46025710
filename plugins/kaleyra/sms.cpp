#include "sms.hpp"

#include "dakiya/sms.hpp"
#include "dakiya/waba/limits.hpp"

namespace kaleyra {

using namespace dakiya;

namespace {

// The registered text: as the template list told it, else as it was entered.
std::string pattern_of(const Account& account, const Send& in) {
    if (const std::string listed = sms::body_of(in.template_->components); !listed.empty()) return listed;
    for (const SmsTemplate& one : account.sms_templates)
        if (one.dlt_id == in.template_->id || one.name == in.template_->name) return one.text;
    return {};
}

std::optional<std::string> text_of(const Account& account, const Send& in, const Recipient& to) {
    return in.template_ ? sms::filled(pattern_of(account, in), to) : in.text_for(to);
}

std::string dlt_id(const Account& account, const Send& in) {
    if (!in.template_) return in.extra.value("dlt_template_id", "");
    if (!in.template_->id.empty()) return in.template_->id;
    for (const SmsTemplate& one : account.sms_templates)
        if (one.name == in.template_->name) return one.dlt_id;
    return {};
}

bool is_indian(const std::string& address) { return address.rfind("+91", 0) == 0; }

std::string type_of(const Account& account, const Send& in) {
    if (in.template_ && waba::lower(in.template_->category) == "authentication") return "OTP";
    if (in.template_ && waba::lower(in.template_->category) == "marketing") return "MKT";
    return in.extra.value("sms_type", account.sms_type);
}

const std::string& sender_of(const Account& account, const Send& in) {
    return in.from.empty() ? account.sender : in.from;
}

// One message as its own call. North America names the references differently.
Http one_request(const Account& account, const Send& in, const Recipient& to) {
    const std::string text = *text_of(account, in, to);
    Form form{{"to", to.address}, {"sender", sender_of(account, in)}, {"type", type_of(account, in)}};
    if (const std::string id = dlt_id(account, in); !id.empty()) form.add("template_id", id);
    if (!account.entity_id.empty()) form.add("entity_id", account.entity_id);
    form.add("body", text);
    if (!sms::is_gsm7(text)) form.add("unicode", "1");
    if (in.extra.value("flash", false)) form.add("flash", "1");
    if (!to.ref.empty()) form.add(account.only_sms_calls() ? "ref_custom" : "ref", to.ref);
    if (!account.sms_profile.empty())
        form.add("callback_profile_id", account.sms_profile);
    else if (!in.callback.empty())
        form.add("callback_url", callback_address(in, to));
    Http http = account.post(account.v1(account.only_sms_calls() ? "/sms" : "/messages"));
    return http.form(form);
}

// Several: the text is each one's own. Their reports are told apart by id and number.
Http list_request(const Account& account, const Send& in, const std::vector<const Recipient*>& to) {
    Json body{{"from", sender_of(account, in)}, {"type", type_of(account, in)}};
    if (!account.entity_id.empty()) body.set("entity_id", account.entity_id);
    if (!account.sms_profile.empty())
        body.set("callback_profile_id", account.sms_profile);
    else if (!in.callback.empty())
        body.set("callback_url", in.callback);
    const std::string id = dlt_id(account, in);
    Json nodes = Json::array();
    for (const Recipient* one : to) {
        const std::string text = *text_of(account, in, *one);
        Json node{{"to", digits_of(one->address)}, {"body", text}};
        if (!id.empty()) node.set("template_id", id);
        node.set("unicode", sms::is_gsm7(text) ? "0" : "1");
        nodes.push_back(std::move(node));
    }
    body.set("sms", std::move(nodes));
    Http http = account.post(account.v1("/sms/json"));
    return http.json(body);
}

}  // namespace

std::optional<Error> sms_obstacle(const Account& account, const Send& in, const Recipient& to) {
    if (in.kind != "text" && in.kind != "template")
        return Error{"content", "",
                     "an SMS is a text or a template; \"" + in.kind + "\" cannot go out as SMS"};
    if (sender_of(account, in).empty()) return Error{"config", "", "no sender: fill in the SMS sender name"};
    if (!waba::is_phone(to.address))
        return Error{"recipient", "",
                     "\"" + to.address + "\" is not a phone number: write it as +, country code and number"};
    if (in.template_ && pattern_of(account, in).empty())
        return Error{"template", "",
                     "the text of \"" + in.template_->name +
                         "\" is not known: enter it among the connection's SMS templates"};
    if (is_indian(to.address) && dlt_id(account, in).empty())
        return Error{
            "template", "",
            "an SMS to India needs the DLT template ID: use a template, or give \"dlt_template_id\""};
    const auto text = text_of(account, in, to);
    if (!text) return Error{"template", "", "the template needs a value for each of its variables"};
    if (text->empty()) return Error{"content", "", "the text is empty"};
    return std::nullopt;
}

Http sms_request(const Account& account, const Send& in, const std::vector<const Recipient*>& to) {
    Http http = to.size() == 1 ? one_request(account, in, *to.front()) : list_request(account, in, to);
    http.limit("send:" + sender_of(account, in));
    if (in.template_ && waba::lower(in.template_->category) == "authentication") http.secret_body();
    return http;
}

std::string callback_address(const Send& in, const Recipient& to) {
    if (in.callback.empty() || to.ref.empty()) return in.callback;
    return in.callback + (in.callback.find('?') == std::string::npos ? "?m=" : "&m=") + percent(to.ref);
}

}  // namespace kaleyra
