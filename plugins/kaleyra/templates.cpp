#include "templates.hpp"

#include <string>

#include "answer.hpp"
#include "dakiya/sms.hpp"
#include "dakiya/waba.hpp"
#include "dakiya/waba/template_by_hand.hpp"

namespace kaleyra {

using namespace dakiya;

namespace {

std::string path_of(const Account& account) {
    return account.v2("/whatsapp/" + percent(account.waba_id) + "/message_templates");
}

Http page_of(const Account& account, const std::string& after) {
    Http http = account.get(path_of(account));
    http.query("limit", "100");
    if (!after.empty()) http.query("after", after);
    return http.then("page", after);
}

void add_entered(Next& next, const Account& account) {
    for (const SmsTemplate& one : account.sms_templates)
        next.record("template", sms::template_record(one.name, one.dlt_id, "", one.text, "approved"));
    for (const std::string& entry : account.whatsapp_templates)
        next.record("template",
                    waba::template_by_hand(entry, "entered by hand: Kaleyra does not tell its state"));
}

// Meta's object, by itself or inside Kaleyra's {"code", "message", "data"}.
const Json& meta_of(const Json& body) { return body["data"].is_object() ? body["data"] : body; }

void require_v2(const Account& account) {
    if (!account.whatsapp_v2())
        throw Fault(DK_UNSUPPORTED, "templates of WhatsApp API V1 are made in Kaleyra's panel");
    if (account.waba_id.empty())
        throw Fault(DK_BAD_INPUT, "fill in the WhatsApp account ID to work with templates");
}

}  // namespace

Next list_templates(const Account& account, const Turn& turn) {
    if (!turn.reply()) {
        const bool listed = account.whatsapp_v2() && !account.waba_id.empty();
        Next next = listed ? Next(page_of(account, {})) : Next::done();
        add_entered(next, account);
        return next;
    }
    const Json& page = meta_of(require_ok(*turn.reply()));
    const std::string after = word(page["paging"]["cursors"], "after");
    const bool more = !after.empty() && !word(page["paging"], "next").empty() && after != turn.memo();
    Next next = more ? Next(page_of(account, after)) : Next::done();
    for (const Json& listed : page.at("data")) next.record("template", waba::read_template(listed));
    return next;
}

Next create_template(const Account& account, const Turn& turn) {
    require_v2(account);
    Json wanted = waba::new_template(turn.input());
    if (!turn.reply()) return account.post(path_of(account)).json(wanted);
    const Json& made = meta_of(require_ok(*turn.reply()));
    wanted.set("id", word(made, "id"));
    wanted.set("status", word(made, "status").empty() ? "PENDING" : word(made, "status"));
    return Next::done().record("template", waba::read_template(wanted));
}

// All languages of a name.
Next delete_template(const Account& account, const Turn& turn) {
    require_v2(account);
    const Json& in = turn.input();
    const std::string name = in.at("name");
    if (!turn.reply()) return account.del(path_of(account)).query("name", name);
    if (turn.reply()->status() != 404) require_ok(*turn.reply());
    return Next::done().record("template",
                               {{"name", name}, {"language", in.value("language", "")}, {"status", "gone"}});
}

}  // namespace kaleyra
