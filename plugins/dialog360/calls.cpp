#include "calls.hpp"

#include <array>
#include <cstdio>

#include "dakiya/media.hpp"
#include "dakiya/waba.hpp"
#include "dakiya/waba/cloud_api.hpp"

namespace dialog360 {

using namespace dakiya;

namespace {

void refuse_files_in_sandbox(const Account& account) {
    if (account.sandbox) throw Fault(DK_BAD_INPUT, "360dialog's sandbox stores no files");
}

// The address that Meta named works only with Meta's own tokens: the same path at 360dialog takes our key.
// Any other host would get to see the key.
// https://docs.360dialog.com/docs/waba-messaging/media
std::string path_of_file(const Json& file) {
    const std::string address = file.at("url"), meta = "https://lookaside.fbsbx.com/";
    if (address.rfind(meta, 0) != 0)
        throw Fault(DK_BAD_REPLY, "360dialog named an address for the file that is not Meta's");
    return address.substr(meta.size() - 1);
}

}  // namespace

// ---- files

Http upload(const Account& account, const Media& file) {
    return waba::with_file(account.post("/media"), file).limit("media");
}

Next upload_media(const Account& account, const Turn& turn) {
    if (const Reply* reply = turn.reply()) {
        if (!reply->ok()) return refused(account.error(*reply), account.explain(*reply));
        return waba::uploaded(turn);
    }
    refuse_files_in_sandbox(account);
    return upload(account, file_to_upload(turn.input()));
}

// 20 errors within an hour close the files of this number for half an hour.
Next fetch_media(const Account& account, const Turn& turn) {
    if (!turn.reply()) refuse_files_in_sandbox(account);
    return waba::fetch_file(
        turn,
        [&](const std::string& handle) {
            return account.get("/" + waba::safe_id(handle, "the file's handle"));
        },
        [&](const Json& file) { return account.get(path_of_file(file)); },
        [&](const Reply& reply) { return refused(account.error(reply), account.explain(reply)); });
}

// ---- read marks

Next mark_read(const Account& account, const Turn& turn) {
    if (const Reply* reply = turn.reply()) {
        if (require_ok(account, *reply)["success"] != Json(true))
            throw Fault(DK_BAD_REPLY, "360dialog did not say that it was done");
        return Next::done().record("note", {{"text", "marked as read"}});
    }
    return account.messages().json(waba::read_mark(turn.input())).repeatable().limit("send");
}

// ---- the webhook's address, for this number

Next set_webhook(const Account& account, const Turn& turn) {
    if (const Reply* reply = turn.reply()) {
        if (!reply->ok()) throw Fault(DK_BAD_REPLY, account.explain(*reply));
        return Next::done().record("note", {{"text", "360dialog now sends this number's events here"}});
    }
    const std::string url = turn.input().at("url");
    if (url.rfind("https://", 0) != 0)
        throw Fault(DK_BAD_INPUT, "360dialog sends webhooks only to addresses that begin with https://");
    Json body{{"url", url}};
    if (!account.webhook_secret.empty())
        body.set("headers", Json{{"X-Dakiya-Secret", account.webhook_secret}});
    return account.post("/v1/configs/webhook").json(body).secret_body().repeatable().limit("manage");
}

// ---- balance

Next balance(const Account& account, const Turn& turn) {
    if (!turn.reply()) return account.partner_balance();
    const Json& body = require_ok(account, *turn.reply());
    std::array<char, 64> amount{};
    const int size = std::snprintf(amount.data(), amount.size(), "%.2f", body.at("balance").number());
    if (size < 0 || static_cast<std::size_t>(size) >= amount.size())
        throw Fault(DK_BAD_REPLY, "360dialog told a balance that is no amount of money");
    Json out{{"amount", std::string(amount.data())}};
    if (const std::string currency = body.value("currency", ""); !currency.empty())
        out.set("currency", currency);
    return Next::done().record("balance", out);
}

const Json& require_ok(const Account& account, const Reply& reply) {
    if (!reply.ok()) throw Fault(DK_BAD_REPLY, account.explain(reply));
    return reply.json();
}

}  // namespace dialog360
