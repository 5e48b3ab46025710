#include "answer.hpp"

#include <charconv>

#include "dakiya/utf8.hpp"
#include "dakiya/verdict.hpp"

namespace smtp {

using namespace dakiya;

namespace {

constexpr std::int64_t minute = 60'000;
// Grey-listing servers want a few minutes between two tries, full mailboxes rather more.
constexpr std::int64_t grey_wait = 5 * minute, full_wait = 60 * minute, slow_wait = minute;

// RFC 3463: class.subject.detail
struct Enhanced {
    int subject = -1, detail = -1;  // -1: not told
};

Enhanced parse(std::string_view text) {
    Enhanced out;
    const std::size_t first = text.find('.');
    if (first == text.npos) return out;
    const char* const end = text.data() + text.size();
    const auto subject = std::from_chars(text.data() + first + 1, end, out.subject);
    if (subject.ec != std::errc() || subject.ptr == end || *subject.ptr != '.') return {};
    if (std::from_chars(subject.ptr + 1, end, out.detail).ec != std::errc()) return {};
    return out;
}

bool contains(std::string_view text, std::string_view words) {
    for (std::size_t at = 0; at + words.size() <= text.size(); ++at) {
        std::size_t same = 0;
        while (same < words.size()) {
            const char c = text[at + same];
            if ((c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c) != words[same]) break;
            ++same;
        }
        if (same == words.size()) return true;
    }
    return false;
}

struct Meaning {
    const char* cls;
    std::int64_t wait = 0;
    const char* scope = "";
};

// 4yz: it may work later. The wait is ours: no server tells one.
Meaning later(std::string_view stage, int code, const Enhanced& enhanced) {
    if (stage == "connect" || stage == "ehlo" || stage == "starttls" || stage == "auth") return {"provider"};
    if (stage == "mail")
        return {"throttled", slow_wait};  // too many, too fast (421 4.7.0, 450 4.7.1, 451, 452)
    if (enhanced.subject == 3 || enhanced.subject == 4) return {"provider"};  // system, network and routing
    if (code == 421) return {"throttled", slow_wait};  // it hangs up, whatever was asked: that is about us
    // Mailbox full; other 4.2.z are grey-listing, or a person who gets too much at the moment.
    if (enhanced.subject == 2 && enhanced.detail == 2) return {"throttled", full_wait, "recipient"};
    return {"throttled", grey_wait, "recipient"};
}

// 5yz while we come in: about the account, not about the message.
Meaning not_let_in(std::string_view stage, int code) {
    if (stage == "auth" && code != 504 && code != 538) return {"auth"};
    return {"config"};
}

Meaning refused_sender(int code, const Enhanced& enhanced) {
    if (code == 530) return {"auth"};  // RFC 4954: authentication required
    if (enhanced.subject == 6 || (enhanced.subject == 3 && enhanced.detail == 4) || code == 552)
        return {"content"};
    return {"config"};  // 5.1.7, 5.1.8, 5.7.1: this address may not send here
}

// Servers may keep what they have against the sender until they know the recipient (Postfix does).
Meaning refused_recipient(int code, const Enhanced& enhanced) {
    if (code == 530) return refused_sender(code, enhanced);
    switch (enhanced.subject) {
        case 1:  // no such address or domain; 5.1.7 and 5.1.8 are the sender's
            return {enhanced.detail == 7 || enhanced.detail == 8 ? "config" : "recipient"};
        case 2:  // mailbox disabled (5.2.1), full (5.2.2); 5.2.3: it takes no mails of this size
            return {enhanced.detail == 3 ? "content" : "recipient"};
        case 4:  // no route to the domain
            return {"recipient"};
        case 3:
            return {enhanced.detail == 4 ? "content" : "provider"};
        case 6:
            return {"content"};
        case 7:
            return {"policy"};
        default:
            break;
    }
    return {code == 554 ? "policy" : "recipient"};
}

Meaning refused_message(int code, const Enhanced& enhanced) {
    if (enhanced.subject == 6 || enhanced.subject == 3 || (enhanced.subject < 0 && code == 552))
        return {"content"};
    if (enhanced.subject == 1 || enhanced.subject == 2) return refused_recipient(code, enhanced);
    return {"policy"};  // 5.7.x and bare 550, 554: taken for spam
}

// The file that was to be attached: status is HTTP's.
Meaning missing_file(int status) {
    if (status == 429 || status >= 500) return {"throttled", slow_wait, "recipient"};
    return {"content"};
}

Meaning meaning(std::string_view stage, int code, const Enhanced& enhanced, std::string_view text,
                bool passing) {
    if (stage == "attachment") return missing_file(code);
    if (passing) return later(stage, code, enhanced);
    if (stage == "mail") return refused_sender(code, enhanced);
    // "Relay access denied": the server wants us to sign in, or does not know us. "Sender address rejected":
    // not ours to use.
    if (stage == "rcpt" && (contains(text, "relay") || contains(text, "sender address"))) return {"config"};
    if (stage == "rcpt" || stage == "report") return refused_recipient(code, enhanced);
    if (stage == "data" || stage == "message") return refused_message(code, enhanced);
    return not_let_in(stage, code);
}

// What no plan foresees. Every stage but the last ends before the final dot; an answer without a stage says
// nothing at all.
Next unclear(const Reply& reply) {
    return Next::done().uncertain(
        0, {"provider", std::to_string(reply.status()), "the mail server's answer cannot be understood"});
}

bool is_stage(std::string_view word) {
    for (const char* stage : {"connect", "ehlo", "starttls", "auth", "mail", "rcpt", "data", "message"})
        if (word == stage) return true;
    return false;
}

std::string what_to_do(const Account& account, const std::string& stage, const Reply& reply) {
    const std::string place = account.host + ":" + std::to_string(account.port);
    if (reply.error() == "tls") return "check the port and the encryption, or the server's certificate.";
    if (reply.error() == "refused")
        return "the operator of this server decides which addresses inside its network may be used "
               "(net.allow).";
    if (!reply.error().empty())
        return "check the mail server's name and the port; a firewall may be between.";
    if (stage == "connect")
        return place + " does not talk to this machine's address; ask your mail provider to allow it.";
    if (stage == "starttls") return "choose another port or encryption.";
    if (stage == "auth")
        return "check user name and password; many providers want an app password, or SMTP to be switched "
               "on.";
    return "ask your mail provider.";
}

}  // namespace

Error classify(std::string_view stage, int code, std::string_view enhanced, std::string_view text) {
    const bool passing = enhanced.empty() ? code / 100 == 4 : enhanced.front() == '4';
    const Meaning found = meaning(stage, code, parse(enhanced), text, passing);
    Error error;
    error.cls = found.cls;
    error.code = !enhanced.empty() ? std::string(enhanced) : std::to_string(code);
    error.text = std::string(text.substr(0, 400));
    if (!is_utf8(error.text)) error.text = "the mail server's words are not UTF-8";
    error.retry_after_ms = found.wait;
    error.scope = found.scope;
    return error;
}

Next read_answer(const Reply& reply, const std::string& id) {
    const std::string stage = reply.header("stage");
    const int code = reply.status();
    if (stage == "attachment" && code >= 300)
        return Next::done().failed(0, classify(stage, code, "", reply.body()));
    if (stage == "message" && code / 100 == 2) return Next::done().sent(0, id);
    if (!is_stage(stage) || code < 400) return unclear(reply);
    return Next::done().failed(0, classify(stage, code, reply.header("enhanced"), reply.body()));
}

Next read_check(const Account& account, const Reply& reply) {
    const std::string stage = reply.header("stage");
    const Json name{{"name", account.from_address}};
    if (stage == "ready" && reply.status() == 250)
        return verdict(true,
                       account.host + " takes mail" +
                           (account.user.empty() ? " without a user name" : " from " + account.user) +
                           (account.security == "none" ? ", WITHOUT encryption" : ", encrypted") + ".",
                       name);
    std::string said(reply.body().substr(0, 300));
    if (said.empty() || !is_utf8(said))
        said = reply.error().empty() ? "no understandable answer" : std::string(reply.error());
    const std::string advice = what_to_do(account, stage, reply);
    if (reply.status() == 0) return verdict(false, "There is no connection: " + said + " " + advice, name);
    return verdict(false,
                   "The mail server said no (" + std::to_string(reply.status()) + " " + said + "): " + advice,
                   name);
}

}  // namespace smtp
