// https://developers.messagebird.com/api/integrations-whatsapp-templates
#include <string>

#include "common.hpp"
#include "dakiya/waba.hpp"
#include "legacy/errors.hpp"
#include "legacy/manage.hpp"

namespace messagebird::legacy {

using namespace dakiya;

namespace {

constexpr std::int64_t page_size = 50;

std::string url(std::string_view version, std::string_view rest = {}) {
    return std::string(templates_api)
        .append("/")
        .append(version)
        .append("/platforms/whatsapp/templates")
        .append(rest);
}

Http page(const Account& account, std::int64_t offset) {
    Http http = account.get(url("v3"));
    http.query("limit", std::to_string(page_size)).query("offset", std::to_string(offset));
    if (!account.waba_id.empty())
        http.query("wabaId", account.waba_id);
    else if (!account.whatsapp_channel.empty())
        http.query("channelId", account.whatsapp_channel);
    return http.then("page", std::to_string(offset));
}

// Components are Meta's. The namespace is what a send needs, so it is the id.
Json record_of(Json listed) {
    const std::string status = word(listed, "status");
    const std::string reason = waba::lower(word(listed, "rejectedReason"));
    listed.set("id", word(listed, "namespace"));
    listed.set("status", status == "NEW" ? "PENDING" : status);  // not sent to Meta yet
    if (!listed["components"].is_array()) listed.set("components", Json::array());
    Json record = waba::read_template(listed);
    if (!reason.empty() && reason != "none") record.set("reason", reason);
    return record;
}

}  // namespace

Next list_templates(const Account& account, const Turn& turn) {
    if (!turn.reply()) return page(account, 0);
    const Json& body = require_ok(*turn.reply(), explain(*turn.reply()));
    const Json& items = body.is_array() ? body : body.at("items");
    const std::int64_t offset = std::strtoll(std::string(turn.memo()).c_str(), nullptr, 10);
    const bool more = static_cast<std::int64_t>(items.size()) == page_size;
    Next next = more ? Next(page(account, offset + page_size)) : Next::done();
    for (const Json& listed : items) next.record("template", record_of(listed));
    return next;
}

// Creating is submitting.
Next create_template(const Account& account, const Turn& turn) {
    Json wanted = waba::new_template(turn.input());
    if (!turn.reply()) {
        if (account.waba_id.empty())
            throw Fault(DK_BAD_INPUT, "to make templates, fill in the WhatsApp account's ID");
        wanted.erase("parameter_format");
        wanted.set("wabaID", account.waba_id);
        return account.post(url("v2")).json(wanted);
    }
    const Json& made = require_ok(*turn.reply(), explain(*turn.reply()));
    wanted.set("status", word(made, "status").empty() ? "PENDING" : word(made, "status"));
    wanted.set("namespace", word(made, "namespace"));
    return Next::done().record("template", record_of(std::move(wanted)));
}

// One language, or all of them when none is named.
Next delete_template(const Account& account, const Turn& turn) {
    const Json& in = turn.input();
    const std::string name = in.at("name"), language = in.value("language", "");
    if (!turn.reply())
        return account.del(
            url("v2", "/" + percent(name) + (language.empty() ? "" : "/" + percent(language))));
    if (!turn.reply()->ok() && turn.reply()->status() != 404)
        throw Fault(DK_BAD_REPLY, explain(*turn.reply()));
    return Next::done().record("template", {{"name", name}, {"language", language}, {"status", "gone"}});
}

}  // namespace messagebird::legacy
