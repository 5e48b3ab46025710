// dakiya/waba/cloud_api.hpp - pieces of the Cloud API's calls, for the providers that pass them on.
// https://developers.facebook.com/documentation/business-messaging/whatsapp/reference
#ifndef DAKIYA_WABA_CLOUD_API_HPP
#define DAKIYA_WABA_CLOUD_API_HPP

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "dakiya/media.hpp"
#include "dakiya/provider.hpp"
#include "dakiya/reply.hpp"
#include "dakiya/waba/limits.hpp"
#include "dakiya/waba/message.hpp"
#include "dakiya/waba/template_list.hpp"

namespace dakiya::waba {

// An ID that becomes part of an address. Throws Fault with `what` it was to be when it is none.
inline const std::string& safe_id(const std::string& id, std::string_view what) {
    const bool plain = !id.empty() && id.size() <= 300 && std::all_of(id.begin(), id.end(), [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
               c == '-';
    });
    if (!plain)
        throw Fault(DK_BAD_INPUT, std::string(what) + " is none: it has letters a-z, digits, _ and - only");
    return id;
}

// ---- messages

// The body of a message. uploaded_handle: of in.media, when it is a file of ours. Throws Refused.
inline Json message_body(const Send& in, std::string_view uploaded_handle) {
    try {
        return build_message(in, in.to.front(), uploaded_handle);
    } catch (const JsonError& error) {
        throw Refused(std::string("the message is not in WhatsApp's shape: ") + error.what());
    }
}

// The body that marks a message as read and, when the input says so, shows that somebody is typing.
inline Json read_mark(const Json& input) {
    Json body{{"messaging_product", "whatsapp"}, {"status", "read"}, {"message_id", input.at("id").text()}};
    if (input.value("typing", false)) body.set("typing_indicator", Json{{"type", "text"}});
    return body;
}

// ---- files

// Adds the file to a call of …/media. It may be repeated: a second copy is harmless. Throws Refused when the
// type is not known.
inline Http with_file(Http http, const Media& file) {
    if (file.mime.empty() || file.mime == "application/octet-stream")
        throw Refused("the file's MIME type must be known: Meta refuses files without one");
    return http.field("messaging_product", "whatsapp").file("file", file).repeatable();
}

// The id of the stored file, or "" when it was not stored.
inline std::string uploaded_handle(const Reply& reply) {
    return reply.ok() ? word(body_of(reply), "id") : std::string();
}

// The record of a file that was stored; Meta keeps it for 30 days. Throws Fault when no id was told.
inline Next uploaded(const Turn& turn) {
    constexpr std::int64_t month_ms = 30LL * 24 * 3'600'000;
    const std::string handle = uploaded_handle(*turn.reply());
    if (handle.empty()) throw Fault(DK_BAD_REPLY, "the file was stored, but no ID was told for it");
    return Next::done().record("media", {{"handle", handle}, {"expires_at", turn.now() + month_ms}});
}

// The turns of "media.fetch". The address of a file works for five minutes; when it is gone a fresh one is
// asked for, once. find(handle): the call that tells the file's address. download(file): the call for what
// the first one told, with our key, so it looks where it goes. refuse(reply): the end when a call was
// refused.
template <class Find, class Download, class Refuse>
Next fetch_file(const Turn& turn, Find find, Download download, Refuse refuse) {
    const std::string handle = turn.input().at("handle");
    const Reply* reply = turn.reply();
    const auto look_up = [&](const char* step) { return find(handle).limit("media").then(step); };
    if (!reply) return look_up("found");
    if (reply->status() == 404 && turn.step() == "downloaded") return look_up("found again");
    if (!reply->ok()) return refuse(*reply);
    if (turn.step() == "found" || turn.step() == "found again") {
        const Json& file = reply->json();
        const std::string step = turn.step() == "found" ? "downloaded" : "downloaded again";
        return download(file).reply_to_blob().limit("media").then(step, file.value("mime_type", ""));
    }
    return fetched(handle, *reply, std::string(turn.memo()));
}

// ---- templates

// A new template as Meta would list it: what was wanted, with what the answer says of it.
inline Json made_template(Json wanted, const Json& made) {
    wanted.set("id", made.at("id").scalar());
    wanted.set("status", made.value("status", "PENDING"));
    wanted.set("category", made.value("category", wanted["category"].text()));  // Meta may choose another
    return wanted;
}

}  // namespace dakiya::waba

#endif
