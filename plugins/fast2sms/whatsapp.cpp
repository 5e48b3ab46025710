#include "whatsapp.hpp"

#include "answer.hpp"
#include "dakiya/media.hpp"
#include "dakiya/waba.hpp"
#include "dakiya/waba/cloud_api.hpp"

namespace fast2sms {

using dakiya::Fault;
using dakiya::Http;
using dakiya::Json;
using dakiya::Media;
using dakiya::Next;
using dakiya::Reply;
using dakiya::Send;
using dakiya::Turn;
namespace waba = dakiya::waba;

namespace {

Http upload(const Account& account, const Media& file) {
    Http http = account.post(account.cloud_path(account.phone_number_id, "media"));
    return waba::with_file(http.field("type", file.mime), file);
}

Next submit(const Account& account, const Send& in, std::string_view handle) {
    const std::string& sender = in.from.empty() ? account.phone_number_id : in.from;
    Http http = account.post(account.cloud_path(sender, "messages"));
    http.json(waba::message_body(in, handle)).limit("send");
    if (in.template_ && waba::lower(in.template_->category) == "authentication") http.secret_body();
    return http.then("sent");
}

std::string uploaded_handle(const Reply& reply) {
    return succeeded(reply) ? waba::uploaded_handle(reply) : std::string();
}

void require_account(const Account& account) {
    if (account.waba_id.empty())
        throw Fault(DK_BAD_INPUT, "enter the WhatsApp account ID in the connection's settings");
}

}  // namespace

Next send_whatsapp(const Account& account, const Send& in, const Turn& turn) {
    if (!account.has_whatsapp())
        throw waba::Refused("this connection has no WhatsApp number: enter its ID in the settings", "config");
    if (in.to.size() != 1) throw waba::Refused("WhatsApp takes one recipient in a call", "plugin");
    if (turn.step() == "uploaded") {
        if (const std::string handle = uploaded_handle(*turn.reply()); !handle.empty())
            return submit(account, in, handle);
        return Next::done().failed(0, error_of(*turn.reply()));  // nothing was sent
    }
    if (in.media && in.media->blob != 0) {
        waba::message_body(in, "checked only");  // a refused message leaves no file behind
        return upload(account, *in.media).then("uploaded");
    }
    return submit(account, in, {});
}

Next upload_media(const Account& account, const Turn& turn) {
    if (const Reply* reply = turn.reply()) {
        if (!succeeded(*reply)) return refused(error_of(*reply), explain(*reply));
        return waba::uploaded(turn);
    }
    if (!account.has_whatsapp())
        throw Fault(DK_BAD_INPUT, "enter the WhatsApp number ID in the connection's settings");
    return upload(account, file_to_upload(turn.input()));
}

Next create_template(const Account& account, const Turn& turn) {
    require_account(account);
    const Json wanted = waba::new_template(turn.input());
    if (!turn.reply()) {
        Http http = account.post(account.cloud_path(account.waba_id, "message_templates"));
        http.json(wanted);
        return http;
    }
    const Json made = waba::made_template(wanted, require_success(*turn.reply()));
    return Next::done().record("template", waba::read_template(made));
}

Next delete_template(const Account& account, const Turn& turn) {
    const Json& in = turn.input();
    if (turn.reply()) {
        require_success(*turn.reply());
        return Next::done().record("template", {{"name", in.at("name").text()},
                                                {"language", in.value("language", "")},
                                                {"status", "gone"},
                                                {"id", in.value("id", "")}});
    }
    require_account(account);
    const std::string id = in.value("id", "");
    if (!in.value("language", "").empty() && id.empty())
        throw Fault(DK_BAD_INPUT,
                    "to delete one language the template's id is needed; without a language all are deleted");
    Http http = account.del(account.cloud_path(account.waba_id, "message_templates"));
    if (!id.empty()) http.query("hsm_id", id);
    http.query("name", in.at("name").text());
    return http;
}

}  // namespace fast2sms
