#include "message.hpp"

#include "mime.hpp"
#include "unsubscribe.hpp"

namespace smtp {

using namespace dakiya;

namespace {

using mime::Pieces;

const std::string& subject_of(const Account& account, const Send& in) {
    return in.email && !in.email->subject.empty() ? in.email->subject : account.default_subject;
}

// mixed (related (alternative (text, HTML), what the HTML shows …), attachments …), as much of it as there
// is.
Pieces body(const Send& in, const Recipient& to) {
    Pieces whole = mime::text_part("plain", in.text_for(to));
    if (!in.email) return whole;
    if (!in.email->html.empty())
        whole = mime::multipart("alternative", mime::boundary(1, to.ref),
                                {whole, mime::text_part("html", in.email->html)});
    const bool has_html = !in.email->html.empty();
    std::vector<Pieces> shown{whole}, attached;
    for (const Attachment& file : in.email->attachments) {
        const bool inside = has_html && !file.cid.empty();
        (inside ? shown : attached)
            .push_back(
                mime::file_part({file.filename, file.type, file.data, file.url, inside ? file.cid : ""}));
    }
    // RFC 2387 3.1: the type of its first part.
    if (shown.size() > 1)
        whole =
            mime::multipart("related;\r\n type=\"multipart/alternative\"", mime::boundary(2, to.ref), shown);
    if (attached.empty()) return whole;
    attached.insert(attached.begin(), whole);
    return mime::multipart("mixed", mime::boundary(3, to.ref), attached);
}

std::string header(const Account& account, const Send& in, const Recipient& to, std::int64_t now_ms) {
    std::string out = mime::address_field("From", account.from_name, account.from_address);
    if (!account.reply_to.empty()) out += mime::address_field("Reply-To", "", account.reply_to);
    out += mime::address_field("To", "", to.address);
    out += mime::field("Subject", subject_of(account, in));
    out += "Date: " + mime::date(now_ms) + "\r\n";
    out += "Message-ID: <" + message_id(account, to) + ">\r\n";
    if (!in.reply_to.empty()) out += mime::field("In-Reply-To", "<" + in.reply_to + ">");
    if (!in.extra.value("transactional", false))
        out += unsubscribe_fields(account, in.callback, to.address, to.ref);
    return out + "MIME-Version: 1.0\r\n";
}

// Text together, files by themselves: the fewest pieces.
Json message(const std::string& header, const Pieces& body) {
    Json pieces = Json::array();
    std::string text = header;
    for (const mime::Piece& piece : body) {
        text += piece.text;
        if (piece.url.empty()) continue;
        pieces.push_back(std::exchange(text, {}));
        pieces.push_back(Json{{"url", piece.url}});
    }
    if (pieces.empty()) return text;
    pieces.push_back(text);
    return pieces;
}

}  // namespace

std::optional<Error> refused(const Account& account, const Send& in) {
    if (in.kind != "text")
        return Error{"content", "kind", "an e-mail is sent as kind \"text\", not \"" + in.kind + "\""};
    if (in.to.size() != 1) return Error{"plugin", "recipients", "each e-mail goes to one person"};
    if (subject_of(account, in).empty())
        return Error{"content", "subject",
                     "an e-mail needs a subject: give content.email.subject, or a default in the connection"};
    if (in.to.front().address.find('@') == std::string::npos)
        return Error{"recipient", "address", "this is not an e-mail address"};
    return std::nullopt;
}

Json mail_effect(const Account& account, const Send& in, std::int64_t now_ms) {
    const Recipient& to = in.to.front();
    Json effect = account.effect();
    effect.set("from", account.bounce_address(to.ref));
    effect.set("to", to.address);
    effect.set("envelope_id", to.ref);
    effect.set("notify", account.all_reports ? "SUCCESS,FAILURE,DELAY" : "FAILURE");
    effect.set("message", message(header(account, in, to, now_ms), body(in, to)));
    return effect;
}

std::string message_id(const Account& account, const Recipient& to) {
    return to.ref + "@" + std::string(account.domain());
}

}  // namespace smtp
