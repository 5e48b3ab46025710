#include "media.hpp"

#include "answer.hpp"
#include "dakiya/media.hpp"
#include "dakiya/reply.hpp"
#include "dakiya/waba.hpp"
#include "dakiya/waba/cloud_api.hpp"

namespace gupshup {

using dakiya::Fault;
using dakiya::Http;
using dakiya::Json;
using dakiya::Media;
using dakiya::Next;
using dakiya::refused;
using dakiya::Reply;
using dakiya::Turn;

Http upload(const Account& account, const Media& file) {
    if (file.mime.empty())
        throw dakiya::waba::Refused("the file's MIME type must be known: Gupshup refuses files without one");
    account.require_app();
    Http http = account.partner
                    ? account.with_token(Http::post(account.app_url("/media")))
                    : account.self_serve(Http::post("https://api.gupshup.io/wa/" +
                                                    dakiya::percent(account.app_id) + "/wa/media/"));
    return http.file("file", file).field("file_type", file.mime).repeatable().limit("media");
}

// {"mediaId"}, or in version 2 {"media":{"id"}}.
std::string uploaded_handle(const Reply& reply) {
    if (!reply.ok()) return {};
    const Json& body = body_of(reply);
    return word(body["mediaId"].is_null() ? body["media"]["id"] : body["mediaId"]);
}

Next upload_media(const Account& account, const Turn& turn) {
    if (const Reply* reply = turn.reply()) {
        if (!reply->ok()) return refused(error_of(*reply), explain(*reply));
        require_success(*reply);
        const std::string handle = uploaded_handle(*reply);
        if (handle.empty()) throw Fault(DK_BAD_REPLY, "Gupshup stored the file but told no ID");
        return Next::done().record("media", {{"handle", handle}});
    }
    return upload(account, file_to_upload(turn.input()));
}

// A file that a person sent, by the id that the partner API knows (version 3).
Next fetch_media(const Account& account, const Turn& turn) {
    const std::string handle = turn.input().at("handle").text();
    if (const Reply* reply = turn.reply()) {
        if (reply->status() == 404)
            return refused({"content", "404"},
                           "the file is gone: Gupshup keeps received files for a time only");
        if (!reply->ok()) return refused(error_of(*reply), explain(*reply));
        return fetched(handle, *reply, reply->header("content-type"));
    }
    account.require_partner("fetching a file by its ID");
    return account.with_token(Http::get(account.app_url("/media/" + dakiya::percent(handle))))
        .reply_to_blob()
        .limit("media");
}

}  // namespace gupshup
