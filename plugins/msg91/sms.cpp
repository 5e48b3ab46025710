#include "sms.hpp"

#include "dakiya/text.hpp"

#include <algorithm>

namespace msg91 {

using dakiya::characters;
using dakiya::Error;
using dakiya::Http;
using dakiya::Json;
using dakiya::Recipient;
using dakiya::Send;

namespace {

// DLT allows that many characters in one variable; longer values fail as "template does not match"
// (https://msg91.com/help, DLT registration in India). Links have a tag and a length of their own.
constexpr std::size_t longest_indian_value = 40;

bool is_link(std::string_view text) {
    return text.substr(0, 8) == "https://" || text.substr(0, 7) == "http://";
}

// The template's id, whether the template was listed with it or is named by it.
const std::string& template_id(const Send& in) {
    return in.template_->id.empty() ? in.template_->name : in.template_->id;
}

}  // namespace

bool is_sms_template_id(std::string_view id) {
    return id.size() == 24 && std::all_of(id.begin(), id.end(), [](char c) {
               return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
           });
}

std::optional<Error> sms_obstacle(const Send& in) {
    if (in.kind != "template")
        return Error{
            "content", "template_only",
            "MSG91 sends SMS from approved templates only; a " + in.kind + " message cannot go out as SMS"};
    if (!is_sms_template_id(template_id(in)))
        return Error{"template", "not_an_sms_template",
                     "\"" + in.template_->name +
                         "\" is not an SMS template of MSG91: its id has 24 hex digits and is not the DLT "
                         "number; enter it in the connection's settings and sync the templates"};
    return std::nullopt;
}

std::optional<Error> sms_obstacle(const Recipient& to) {
    if (!digits_of(to.address))
        return Error{"recipient", "bad_number", "an SMS needs an international number such as +919812345678"};
    const bool indian = to.address.compare(0, 3, "+91") == 0;
    for (const auto& [name, value] : to.params) {
        if (name == "mobiles")
            return Error{"template", "bad_variable",
                         "MSG91 keeps the name \"mobiles\" for the number; rename the template's variable"};
        if (indian && characters(value) > longest_indian_value && !is_link(value))
            return Error{"content", "variable_too_long",
                         "the value of \"" + name +
                             "\" has more than 40 characters, which DLT refuses in India; shorten it"};
    }
    return std::nullopt;
}

Http sms_request(const Account& account, const Send& in, const std::vector<const Recipient*>& to) {
    Json recipients = Json::array();
    recipients.items().reserve(to.size());
    for (const Recipient* one : to) {
        // The variables stand beside the number, in the template's own spelling.
        Json recipient{{"mobiles", one->address.substr(1)}};
        for (const auto& [name, value] : one->params) recipient.set(name, value);
        recipients.push_back(std::move(recipient));
    }
    // A shortened link would not be the one that DLT has on its list.
    Json body{{"template_id", template_id(in)}, {"short_url", "0"}, {"realTimeResponse", "1"}};
    const std::string& sender = in.from.empty() ? account.sender : in.from;
    if (!sender.empty()) body.set("sender", sender);
    if (to.size() == 1 && !to[0]->ref.empty()) body.set("CRQID", to[0]->ref);
    body.set("recipients", std::move(recipients));
    Http http = account.post("/flow");
    http.json(body);
    return http;
}

}  // namespace msg91
