#include "calls.hpp"

#include <array>
#include <cstdio>

#include "dakiya/media.hpp"
#include "dakiya/waba.hpp"

namespace dialog360 {

using namespace dakiya;

namespace {

constexpr std::int64_t month_ms = 30LL * 24 * 3'600'000;

void refuse_files_in_sandbox(const Account& account) {
    if (account.sandbox) throw Fault(DK_BAD_INPUT, "360dialog's sandbox stores no files");
}

Http find_file(const Account& account, const std::string& handle, std::string step) {
    Http http = account.get("/" + safe_id(handle, "the file's handle"));
    http.limit("media").then(std::move(step));
    return http;
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
    if (file.mime.empty() || file.mime == "application/octet-stream")
        throw waba::Refused("the file's MIME type must be known: Meta refuses files without one");
    Http http = account.post("/media");
    http.field("messaging_product", "whatsapp").file("file", file).repeatable().limit("media");
    return http;
}

std::string uploaded_handle(const Reply& reply) {
    return reply.ok() ? word(body_of(reply)["id"]) : std::string();
}

Next upload_media(const Account& account, const Turn& turn) {
    if (const Reply* reply = turn.reply()) {
        if (!reply->ok()) return refused(account.error(*reply), account.explain(*reply));
        const std::string handle = uploaded_handle(*reply);
        if (handle.empty()) throw Fault(DK_BAD_REPLY, "360dialog stored the file but told no ID");
        return Next::done().record("media", {{"handle", handle}, {"expires_at", turn.now() + month_ms}});
    }
    refuse_files_in_sandbox(account);
    return upload(account, file_of(turn));
}

// The address of a file works for five minutes; when it is gone a fresh one is asked for, once: 20 errors
// within an hour close the files of this number for half an hour.
Next fetch_media(const Account& account, const Turn& turn) {
    const std::string handle = turn.input().at("handle");
    const Reply* reply = turn.reply();
    if (!reply) {
        refuse_files_in_sandbox(account);
        return find_file(account, handle, "found");
    }
    if (reply->status() == 404 && turn.step() == "downloaded")
        return find_file(account, handle, "found again");
    if (!reply->ok()) return refused(account.error(*reply), account.explain(*reply));
    if (turn.step() == "found" || turn.step() == "found again") {
        const Json& file = reply->json();
        const std::string step = turn.step() == "found" ? "downloaded" : "downloaded again";
        return account.get(path_of_file(file))
            .reply_to_blob()
            .limit("media")
            .then(step, file.value("mime_type", ""));
    }
    return fetched(handle, *reply, std::string(turn.memo()));
}

// ---- read marks

Next mark_read(const Account& account, const Turn& turn) {
    if (const Reply* reply = turn.reply()) {
        if (require_ok(account, *reply)["success"] != Json(true))
            throw Fault(DK_BAD_REPLY, "360dialog did not say that it was done");
        return Next::done().record("note", {{"text", "marked as read"}});
    }
    Json body{
        {"messaging_product", "whatsapp"}, {"status", "read"}, {"message_id", turn.input().at("id").text()}};
    if (turn.input().value("typing", false)) body.set("typing_indicator", Json{{"type", "text"}});
    return account.messages().json(body).repeatable().limit("send");
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
