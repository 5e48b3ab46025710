#include "whatsapp.hpp"

#include "answer.hpp"
#include "dakiya/waba.hpp"
#include "media.hpp"
#include "session.hpp"

namespace gupshup {

using dakiya::Form;
using dakiya::Http;
using dakiya::Json;
using dakiya::JsonError;
using dakiya::Next;
using dakiya::phone_of;
using dakiya::Send;
using dakiya::Turn;
namespace waba = dakiya::waba;

namespace {

// What a template call carries beside the template's own id.
struct Filled {
    Json params = Json::array();     // body values in order, then those of links
    Json postbacks = Json::array();  // payloads of quick replies
    Json header;                     // media or a place, or null
};

const char* only_by_partner =
    " go out through Gupshup's partner API only: choose it in the connection's settings";

void add_button(const Json& part, Filled& filled) {
    const std::string type = part.value("sub_type", "");
    const Json& value = part.at("parameters").at(0);
    if (type == "url")
        filled.params.push_back(value.at("text"));
    else if (type == "quick_reply")
        filled.postbacks.push_back(
            {{"index", std::stoi(part.at("index").text())}, {"text", value.at("payload")}});
    else
        throw waba::Refused("templates with a button of type \"" + type + "\"" + only_by_partner, "template");
}

// Meta's filled components, in Gupshup's order.
Filled fill(const Json& components) {
    Filled filled;
    for (const Json& part : components) {
        const std::string type = part.at("type").text();
        if (type == "header") {
            // Where its value stands among the others is not documented: a wrong place would be a wrong text.
            if (part.at("parameters").at(0).value("type", "") == "text")
                throw waba::Refused(std::string("templates with a variable in the header") + only_by_partner,
                                    "template");
            filled.header = part.at("parameters").at(0);
        } else if (type == "body") {
            for (const Json& value : part.at("parameters")) filled.params.push_back(value.at("text"));
        } else if (type == "button") {
            add_button(part, filled);
        } else {
            throw waba::Refused("templates of type \"" + type + "\"" + only_by_partner, "template");
        }
    }
    return filled;
}

void check_parts(const Json& listed) {
    for (const Json& part : listed) {
        const std::string type = part.value("type", "");
        if (type != "HEADER" && type != "BODY" && type != "FOOTER" && type != "BUTTONS")
            throw waba::Refused("templates of type \"" + waba::lower(type) + "\"" + only_by_partner,
                                "template");
    }
}

Form form_for(const Account& account, const Send& in) {
    const std::string destination = digits_of(in.to.front().address);
    if (destination.empty())
        throw waba::Refused("Gupshup's self-serve API takes numbers with + and their country code only",
                            "recipient");
    const std::string source = in.from.empty() ? account.source : in.from;
    if (source.empty() || account.app_name.empty())
        throw waba::Refused(
            "enter the WhatsApp number and the app name in the connection's settings: without "
            "them Gupshup takes the message and drops it (1001)",
            "config");
    const std::string digits = source.front() == '+' ? source.substr(1) : source;
    return {{"channel", "whatsapp"},
            {"source", digits},
            {"destination", destination},
            {"src.name", account.app_name}};
}

Http template_call(const Account& account, const Send& in) {
    if (in.template_->id.empty())
        throw waba::Refused("Gupshup sends templates by its own id: sync the templates first", "template");
    if (in.template_->components.is_array()) check_parts(in.template_->components);
    const Json built = waba::build_template(*in.template_, in.to.front());
    const Filled filled = fill(built["components"]);
    Form form = form_for(account, in);
    form.add("template", Json{{"id", in.template_->id}, {"params", filled.params}}.dump());
    if (!filled.header.is_null()) form.add("message", filled.header.dump());
    if (!filled.postbacks.empty()) form.add("postbackTexts", filled.postbacks.dump());
    return account.self_serve(Http::post("https://api.gupshup.io/wa/api/v1/template/msg")).form(form);
}

Http self_serve_call(const Account& account, const Send& in, std::string_view handle) {
    if (in.kind == "template") return template_call(account, in);
    Form form = form_for(account, in);
    form.add("message", session_message(in, in.to.front(), handle).dump());
    return account.self_serve(Http::post("https://api.gupshup.io/wa/api/v1/msg")).form(form);
}

Http partner_call(const Account& account, const Send& in, std::string_view handle) {
    if (account.app_id.empty())
        throw waba::Refused("enter the app ID in the connection's settings", "config");
    if (!in.from.empty() && phone_of(in.from) != phone_of(account.source))
        throw waba::Refused("a partner's app has one number: this message names another one", "config");
    const bool marketing = in.template_ && waba::lower(in.template_->category) == "marketing" &&
                           in.extra.value("marketing_messages", false);
    Http http =
        account.with_token(Http::post(account.app_url(marketing ? "/v3/mmlite/message" : "/v3/message")));
    return http.json(waba::build_message(in, in.to.front(), handle));
}

Http call(const Account& account, const Send& in, std::string_view handle) {
    try {
        Http http =
            account.partner ? partner_call(account, in, handle) : self_serve_call(account, in, handle);
        http.limit("send");
        if (in.template_ && waba::lower(in.template_->category) == "authentication") http.secret_body();
        http.then("sent");
        return http;
    } catch (const JsonError& error) {
        throw waba::Refused(std::string("the message is not in WhatsApp's shape: ") + error.what());
    }
}

}  // namespace

Next send_whatsapp(const Account& account, const Send& in, const Turn& turn) {
    if (!account.has_whatsapp())
        throw waba::Refused("this connection has no WhatsApp account in its settings", "config");
    if (in.to.size() != 1) throw waba::Refused("WhatsApp takes one recipient in a call", "plugin");
    if (turn.step() == "uploaded") {
        const std::string handle = uploaded_handle(*turn.reply());
        if (!handle.empty()) return call(account, in, handle);
        return Next::done().failed(0, error_of(*turn.reply()));  // nothing was sent
    }
    if (in.media && in.media->blob != 0) {
        call(account, in, "checked only");  // a refused message leaves no file behind
        return upload(account, *in.media).then("uploaded");
    }
    return call(account, in, {});
}

}  // namespace gupshup
