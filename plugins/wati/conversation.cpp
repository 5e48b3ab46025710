#include "conversation.hpp"

#include <string>
#include <utility>

#include "answer.hpp"
#include "dakiya/media.hpp"
#include "dakiya/waba.hpp"

namespace wati {

using dakiya::Error;
using dakiya::Fault;
using dakiya::Http;
using dakiya::Json;
using dakiya::Media;
using dakiya::Next;
using dakiya::Recipient;
using dakiya::Reply;
using dakiya::Send;
using dakiya::Turn;
using dakiya::waba::at_most;
using dakiya::waba::from_one_to;
using dakiya::waba::lower;
using dakiya::waba::Refused;

namespace {

// ---- files

bool is_https(const std::string& url) { return url.rfind("https://", 0) == 0; }

void check_media(const Media& media) {
    if (!media.handle.empty())
        throw Refused("WATI stores no files: give the file itself or its web address, not a handle");
    if (media.blob == 0 && !is_https(media.url)) throw Refused("the media address must begin with https://");
    at_most(1024, media.caption, "the caption");
}

Http media_request(const Account& account, const Media& media, const std::string& target) {
    check_media(media);
    if (media.blob == 0) {
        Json body{{"target", target}, {"file_url", media.url}};
        if (!media.caption.empty()) body.set("caption", media.caption);
        return account.post("/conversations/messages/fileViaUrl").json(body);
    }
    Http http = account.post("/conversations/messages/file");
    http.field("target", target).file("file", media);
    if (!media.caption.empty()) http.field("caption", media.caption);
    return http;
}

// ---- buttons and lists; WATI gives them no ids, so that a reply is known by its text only

Json button_header(const Json& header) {
    const std::string type = header.at("type");
    if (type == "text") return {{"type", "text"}, {"text", header.at("text").text()}};
    const Json& file = header.at(type);
    const std::string url = file.value("link", "");
    if (!is_https(url))
        throw Refused("WATI takes the file of a header by a web address that begins with https://");
    Json media{{"url", url}};
    if (const std::string name = file.value("filename", ""); !name.empty()) media.set("file_name", name);
    return {{"type", type}, {"media", std::move(media)}};
}

Json button_message(const Json& wanted) {
    Json buttons = Json::array();
    for (const Json& button : wanted.at("action").at("buttons"))
        buttons.push_back(Json{{"text", button.at("reply").at("title").text()}});
    Json out{{"body", wanted.at("body").at("text").text()}, {"buttons", std::move(buttons)}};
    if (wanted["header"].is_object()) out.set("header", button_header(wanted["header"]));
    if (const std::string footer = wanted["footer"].value("text", ""); !footer.empty())
        out.set("footer", footer);
    return out;
}

Json list_message(const Json& wanted) {
    Json sections = Json::array();
    for (const Json& section : wanted.at("action").at("sections")) {
        Json rows = Json::array();
        for (const Json& row : section.at("rows"))
            rows.push_back(
                Json{{"title", row.at("title").text()}, {"description", row.value("description", "")}});
        sections.push_back(Json{{"title", section.value("title", "")}, {"rows", std::move(rows)}});
    }
    return {{"header", wanted["header"].value("text", "")},
            {"body", wanted.at("body").at("text").text()},
            {"footer", wanted["footer"].value("text", "")},
            {"button_text", wanted.at("action").at("button").text()},
            {"sections", std::move(sections)}};
}

Json interactive_body(const Json& wanted, const std::string& target) {
    dakiya::waba::check_interactive(wanted);
    const std::string type = wanted.at("type");
    if (type != "button" && type != "list")
        throw Refused("WATI sends reply buttons and lists, no interactive messages of type \"" + type + "\"");
    at_most(1024, wanted.at("body").at("text").text(), "the text");
    Json body{{"target", target}, {"type", type == "button" ? "buttons" : "list"}};
    if (type == "button")
        body.set("button_message", button_message(wanted));
    else
        body.set("list_message", list_message(wanted));
    return body;
}

}  // namespace

Http conversation_request(const Account& account, const Send& in) try {
    const Recipient& to = in.to.front();
    const std::string number = target_of(to.address);
    if (number.empty())
        throw Refused("the recipient must be a number with + and its country code, or a WhatsApp user ID",
                      "recipient");
    if (!in.reply_to.empty())
        throw Refused("WATI cannot quote the message that this one answers: send it without reply_to");
    const std::string channel = account.channel_for(in.from);
    const std::string target = channel.empty() ? number : channel + ":" + number;
    if (in.kind == "media") return media_request(account, *in.media, target);
    if (in.kind == "interactive")
        return account.post("/conversations/messages/interactive")
            .json(interactive_body(in.interactive, target));
    if (in.kind != "text")
        throw Refused("WATI sends templates, texts, files, buttons and lists, no " + in.kind);
    from_one_to(4096, in.text_for(to), "the text");
    return account.post("/conversations/messages/text").json({{"target", target}, {"text", in.text_for(to)}});
} catch (const dakiya::JsonError& error) {
    throw Refused(std::string("the message is not in WhatsApp's shape: ") + error.what());
}

Next read_message(const Reply& reply) {
    const Answer answer = read_answer(reply);
    Next next = Next::done();
    if (answer.kind == Answer::Kind::refused) return next.failed(0, answer.error);
    const Json& message = answer.body["message"];
    if (answer.kind == Answer::Kind::unclear || !message.is_object())
        return next.uncertain(0, message.is_object() || answer.kind == Answer::Kind::unclear
                                     ? answer.error
                                     : Error{"provider", "200", "WATI's answer holds no message"});
    if (message["status"].is_string() && lower(message["status"].text()) == "failed") {
        const Json& detail = message["failed_detail"];
        const std::string text = detail.is_string() ? detail.text() : std::string();
        return next.failed(0, error_of_words(text.empty() ? "WATI did not send it" : text, "content"));
    }
    // Webhooks name the message by WATI's own local id; there is no way to choose it here.
    std::string id = message["local_message_id"].scalar();
    if (id.empty()) id = message["id"].scalar();
    if (id.empty()) return next.uncertain(0, {"provider", "200", "WATI's answer holds no message id"});
    return next.sent(0, std::move(id));
}

Next fetch_media(const Account& account, const Turn& turn) {
    const std::string handle = turn.input().at("handle");
    if (!turn.reply())
        return account.get("/conversations/messages/file/" + dakiya::percent(handle)).reply_to_blob();
    const Reply& reply = *turn.reply();
    if (!reply.ok()) throw Fault(DK_BAD_REPLY, explain(read_answer(reply)));
    return dakiya::fetched(handle, reply, reply.header("content-type"));
}

}  // namespace wati
