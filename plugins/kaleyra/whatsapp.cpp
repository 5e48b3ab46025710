#include "whatsapp.hpp"

#include <algorithm>

#include "dakiya/waba.hpp"
#include "sms.hpp"

namespace kaleyra {

using namespace dakiya;
using waba::Refused;

namespace {

// ---- V2: Meta's message, with our reference beside it

Json v2_message(const Send& in, const Recipient& to) {
    if (waba::is_user_id(to.address))
        throw Refused("Kaleyra finds people by phone number, not by WhatsApp user ID", "recipient");
    Json message = waba::build_message(in, to);
    message.erase("biz_opaque_callback_data");
    message.set("to", digits_of(to.address));
    Json body{{"messaging_object", std::move(message)}};
    if (!to.ref.empty()) body.set("extra_info", Json{{"ref", to.ref}});
    return body;
}

// ---- V1

// "p1","p2": always quoted, because a comma inside a value would begin the next one.
std::string quoted_list(const std::vector<std::string>& values) {
    std::string list;
    for (std::string value : values) {
        std::replace(value.begin(), value.end(), '"', '\'');
        list.append(list.empty() ? "\"" : ",\"").append(waba::flatten(value)).append("\"");
    }
    return list;
}

bool has_media_header(const Json& components) {
    return std::any_of(components.begin(), components.end(), [](const Json& part) {
        return part.value("type", "") == "HEADER" && waba::lower(part.value("format", "text")) != "text";
    });
}

void add_v1_template(Form& form, const Account& account, const Send& in, const Recipient& to) {
    const Template& wanted = *in.template_;
    const std::string media = to.param("header.url");
    if (media.empty() && wanted.components.is_array() && has_media_header(wanted.components))
        throw Refused("the template's header needs a file: give \"header.url\"", "template");
    if (!media.empty() && media.rfind("https://", 0) != 0)
        throw Refused("\"header.url\" must begin with https://");
    form.add("type", media.empty() ? "template" : "mediatemplate");
    form.add("template_name", wanted.name).add(account.language_field, wanted.language);
    std::vector<std::string> values;
    for (int n = 1; !to.param(std::to_string(n)).empty(); ++n) values.push_back(to.param(std::to_string(n)));
    for (const auto& [name, value] : to.params) {
        const bool known = waba::is_digits(name) || name == "header.url" || name.rfind("button.", 0) == 0;
        const bool unused = name == "header.filename";  // people see the file's own name
        if (!known && !unused)
            throw Refused("templates of WhatsApp API V1 take numbered values only, not \"" + name + "\"",
                          "template");
    }
    if (!values.empty()) form.add("params", quoted_list(values));
    if (!media.empty()) form.add("media_url", media);
    for (int n = 0; n < 3; ++n)
        if (const std::string payload = to.param("button." + std::to_string(n)); !payload.empty())
            form.add("payload" + std::to_string(n + 1), payload);
}

void add_v1_media(Form& form, const Media& media) {
    if (media.url.rfind("https://", 0) != 0)
        throw Refused("Kaleyra fetches files from a public https address, and this file has none");
    form.add("type", "media").add("media_url", media.url);
    if (media.caption.empty()) return;
    waba::at_most(1024, media.caption, "the caption");
    form.add("caption", media.caption);
}

Form v1_message(const Account& account, const Send& in, const Recipient& to) {
    if (!waba::is_phone(to.address))
        throw Refused("the recipient must be a number with + and its country code", "recipient");
    Form form{{"channel", "whatsapp"}, {"from", account.number}, {"to", to.address}};
    if (in.kind == "text") {
        waba::from_one_to(4096, in.text_for(to), "the text");
        form.add("type", "text").add("body", in.text_for(to));
    } else if (in.kind == "template") {
        add_v1_template(form, account, in, to);
    } else if (in.kind == "media") {
        add_v1_media(form, *in.media);
    } else {
        throw Refused("WhatsApp API V1 sends text, template and media; for \"" + in.kind +
                      "\" the number must be on V2");
    }
    if (!to.ref.empty()) form.add("ref", to.ref);
    if (!account.whatsapp_profile.empty())
        form.add("callback_profile_id", account.whatsapp_profile);
    else if (!in.callback.empty())
        form.add("callback_url", callback_address(in, to));
    return form;
}

}  // namespace

Http whatsapp_request(const Account& account, const Send& in, const Recipient& to) {
    if (account.number.empty()) throw Refused("no sender: fill in the WhatsApp number", "config");
    const bool secret = in.template_ && waba::lower(in.template_->category) == "authentication";
    if (account.whatsapp_v2()) {
        Http http = account.post(account.v2("/whatsapp/" + percent(account.number) + "/messages"));
        http.json(v2_message(in, to)).limit("send:" + account.number);
        return secret ? http.secret_body() : http;
    }
    Http http = account.post(account.v1("/messages"));
    http.form(v1_message(account, in, to)).limit("whatsapp_v1:" + account.number);
    return secret ? http.secret_body() : http;
}

}  // namespace kaleyra
