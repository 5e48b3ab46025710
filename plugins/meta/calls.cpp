#include "calls.hpp"

#include "check.hpp"
#include "dakiya/media.hpp"
#include "dakiya/waba.hpp"
#include "dakiya/waba/cloud_api.hpp"
#include "new_template.hpp"

namespace meta {

using namespace dakiya;

const Json& require_ok(const Account& account, const Reply& reply) {
    if (!reply.ok()) throw Fault(DK_BAD_REPLY, account.explain(reply));
    return reply.json();
}

namespace {

void require_success(const Account& account, const Reply& reply) {
    if (require_ok(account, reply)["success"] != Json(true))
        throw Fault(DK_BAD_REPLY, "Meta did not say that it was done");
}

// Lists come in pages; the next one is asked for with the cursor that ends this one.
// https://developers.facebook.com/docs/graph-api/results
Next next_page(const Json& body, Http again, const std::string& manage_limit) {
    const Json& paging = body["paging"];
    const std::string after = paging["cursors"].value("after", "");
    if (paging.value("next", "").empty() || after.empty()) return Next::done();
    return again.query("after", after).limit(manage_limit).then("page", after);
}

// ---- senders

Next senders(const Account& account, const Turn& turn) {
    Http page = account.get(account.waba_id + "/phone_numbers");
    page.query("fields", "id,display_phone_number,verified_name,quality_rating,status,throughput")
        .query("limit", "100");
    if (!turn.reply()) return page.limit(account.manage_limit()).then("page");
    const Json& body = require_ok(account, *turn.reply());
    Next next = next_page(body, page, account.manage_limit());
    for (const Json& number : body.at("data")) record_sender(next, number);
    return next;
}

// ---- media
// https://developers.facebook.com/documentation/business-messaging/whatsapp/business-phone-numbers/media

Next media_upload(const Account& account, const Turn& turn) {
    if (const Reply* reply = turn.reply()) {
        if (!reply->ok()) return refused(account.error(*reply), account.explain(*reply));
        return waba::uploaded(turn);
    }
    const std::string sender = turn.input().value("sender", "");
    return upload(account, sender.empty() ? account.phone_number_id : waba::safe_id(sender, "the sender"),
                  file_to_upload(turn.input()));
}

// Our token goes with the download, so it must go to Meta.
std::string file_address(const Json& file) {
    std::string address = file.at("url");
    if (address.rfind("https://lookaside.fbsbx.com/", 0) != 0)
        throw Fault(DK_BAD_REPLY, "Meta named an address for the file that is not Meta's");
    return address;
}

Next media_fetch(const Account& account, const Turn& turn) {
    return waba::fetch_file(
        turn,
        [&](const std::string& handle) { return account.get(waba::safe_id(handle, "the file's handle")); },
        [&](const Json& file) { return account.download(file_address(file)); },
        [&](const Reply& reply) { return refused(account.error(reply), account.explain(reply)); });
}

// ---- read marks

Next mark_read(const Account& account, const Turn& turn) {
    if (const Reply* reply = turn.reply()) {
        require_success(account, *reply);
        return Next::done().record("note", {{"text", "marked as read"}});
    }
    return account.post(account.phone_number_id + "/messages")
        .json(waba::read_mark(turn.input()))
        .repeatable()
        .limit("send:" + account.phone_number_id);
}

// ---- templates
// https://developers.facebook.com/documentation/business-messaging/whatsapp/templates/template-management

Next templates_list(const Account& account, const Turn& turn) {
    Http page = account.get(account.waba_id + "/message_templates");
    page.query("fields",
               "id,name,language,status,category,parameter_format,components,quality_score,rejected_reason")
        .query("limit", "100");
    if (!turn.reply()) return page.limit(account.manage_limit()).then("page");
    const Json& body = require_ok(account, *turn.reply());
    Next next = next_page(body, page, account.manage_limit());
    for (const Json& listed : body.at("data")) next.record("template", waba::read_template(listed));
    return next;
}

// All languages of a name, or one of them when its id is given.
Next templates_delete(const Account& account, const Turn& turn) {
    const Json& in = turn.input();
    const std::string name = in.at("name"), language = in.value("language", ""), id = in.value("id", "");
    if (turn.reply()) {
        require_success(account, *turn.reply());
        return Next::done().record("template",
                                   {{"name", name}, {"language", language}, {"status", "gone"}, {"id", id}});
    }
    if (!language.empty() && id.empty())
        throw Fault(
            DK_BAD_INPUT,
            "to delete one language Meta needs the template's id; without a language all are deleted");
    Http http = account.del(account.waba_id + "/message_templates");
    if (!id.empty()) http.query("hsm_id", id);
    return http.query("name", name).limit(account.manage_limit());
}

// ---- the webhook's address, for this account

// Subscribes the app to the account, without which no webhook comes at all, and sends the account's messages
// and reports to our address. While it answers, Meta makes its handshake there.
// https://developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/override
Next webhook_set(const Account& account, const Turn& turn) {
    constexpr std::size_t longest = 200;
    if (turn.reply()) {
        require_success(account, *turn.reply());
        return Next::done().record(
            "note", {{"text",
                      "Meta now sends this account's messages and reports here. What it tells of templates, "
                      "quality and the account itself goes to the address of the app's dashboard."}});
    }
    const std::string url = turn.input().at("url");
    if (url.rfind("https://", 0) != 0 || url.size() > longest)
        throw Fault(DK_BAD_INPUT,
                    "Meta takes webhook addresses that begin with https:// and have 200 characters at most");
    return account.post(account.waba_id + "/subscribed_apps")
        .json({{"override_callback_uri", url}, {"verify_token", account.verify_token}})
        .secret_body()
        .repeatable()
        .limit(account.manage_limit());
}

// ---- settle

// Meta finds a message by its own id only. One whose answer was lost has none: its status event brings our
// reference, so there is nothing to ask for.
Next settle(const Account& account, const Turn& turn) {
    const std::string id = turn.input().value("id", "");
    if (id.empty()) return Next::done();
    if (!turn.reply())
        return account.get(account.phone_number_id + "/message_history")
            .query("message_id", id)
            .query("fields", "id,message_id,events")
            .query("limit", "100")
            .limit(account.manage_limit());

    Next next = Next::done();
    for (const Json& message : require_ok(account, *turn.reply()).at("data"))
        for (const Json& happened : message["events"]["data"]) {
            const auto status = waba::status_of(waba::lower(happened.value("delivery_status", "")));
            if (!status) continue;
            Event event = Event::status(id, *status, waba::detail::time_of(happened["timestamp"]));
            event.dedupe(waba::status_key(id, *status)).ref(turn.input().value("ref", ""));
            event.address(turn.input().value("address", ""));
            if (*status == Status::failed)
                event.error({"other", "", happened.value("error_description", "Meta gave no reason")});
            next.event(event);
        }
    return next;
}

struct Operation {
    std::string_view name;
    Call call;
};

constexpr Operation operations[] = {
    {"senders", senders},
    {"media.upload", media_upload},
    {"media.fetch", media_fetch},
    {"mark_read", mark_read},
    {"templates.list", templates_list},
    {"templates.create", create_template},
    {"templates.delete", templates_delete},
    {"webhook.set", webhook_set},
    {"settle", settle},
};

}  // namespace

Call find_call(std::string_view op) {
    for (const Operation& operation : operations)
        if (operation.name == op) return operation.call;
    return nullptr;
}

Http upload(const Account& account, const std::string& sender, const Media& file) {
    return waba::with_file(account.post(sender + "/media").field("type", file.mime), file).limit("media");
}

}  // namespace meta
