#include "net/smtp_greeting.hpp"

#include "dakiya/encoding.hpp"

namespace dakiya::net {
namespace {

using Security = MailServer::Security;

Task<bool> hello(SmtpWire& wire, SmtpExtensions& extensions) {
    SmtpReply reply;
    const bool asked = co_await wire.ask("ehlo", "EHLO " + wire.server().ehlo, reply);
    if (!asked) co_return false;
    if (reply.code == 250) {
        extensions = read_extensions(reply.lines);
        co_return true;
    }
    // RFC 5321 3.2: a server that knows no EHLO has no extensions either.
    const bool ancient = reply.code == 500 || reply.code == 502;
    if (!ancient) co_return wire.take("ehlo", std::move(reply));
    extensions = {};
    const bool known = co_await wire.command("ehlo", "HELO " + wire.server().ehlo, 250);
    co_return known;
}

// RFC 3207. What came in plain text is forgotten, the extensions with it: an attacker may have written it.
Task<bool> upgrade(SmtpWire& wire, const SmtpExtensions& extensions) {
    if (!extensions.starttls)
        co_return wire.refuse("starttls", 502, "5.5.1",
                              "The server does not offer STARTTLS, so nothing was sent in the clear.");
    const bool willing = co_await wire.command("starttls", "STARTTLS", 220);
    if (!willing) co_return false;
    if (wire.unread()) {
        co_return wire.refuse(
            "starttls", 554, "5.7.0",
            "The server said something between its yes to STARTTLS and TLS: somebody may be "
            "between us.");
    }
    const bool secure = co_await wire.handshake("starttls");
    co_return secure;
}

Task<bool> sign_in_login(SmtpWire& wire) {
    bool good = co_await wire.command("auth", "AUTH LOGIN", 334);
    if (good) good = co_await wire.command("auth", base64(wire.server().user), 334);
    if (good) good = co_await wire.command("auth", base64(wire.server().secret), 235);
    co_return good;
}

Task<bool> sign_in_cram_md5(SmtpWire& wire) {
    SmtpReply challenge;
    const bool asked = co_await wire.ask("auth", "AUTH CRAM-MD5", challenge);
    if (!asked) co_return false;
    if (challenge.code != 334) co_return wire.take("auth", std::move(challenge));
    const auto response =
        cram_md5_response(wire.server().user, wire.server().secret, challenge.lines.front());
    if (!response)
        co_return wire.refuse(
            "auth", 535, "5.5.2",
            "CRAM-MD5 cannot be computed: the challenge is not base64, or OpenSSL has no MD5.");
    const bool good = co_await wire.command("auth", *response, 235);
    co_return good;
}

Task<bool> sign_in(SmtpWire& wire, const SmtpExtensions& extensions) {
    const MailServer& server = wire.server();
    const std::string_view name = choose_sign_in(server.auth, wire.secure(), extensions);
    if (name.empty()) {
        std::string offered;
        for (const std::string& one : extensions.sign_in) offered += (offered.empty() ? "" : ", ") + one;
        co_return wire.refuse("auth", 504, "5.5.4",
                              "The server offers none of the ways to sign in that we may use; it offers " +
                                  (offered.empty() ? "none here" : offered) + ".");
    }
    bool good = false;
    if (name == "LOGIN")
        good = co_await sign_in_login(wire);
    else if (name == "CRAM-MD5")
        good = co_await sign_in_cram_md5(wire);
    else
        good = co_await wire.command("auth", "AUTH PLAIN " + plain_response(server.user, server.secret), 235);
    co_return good;
}

}  // namespace

Task<bool> greet(SmtpWire& wire, SmtpExtensions& extensions) {
    bool good = true;
    if (wire.server().security == Security::tls) good = co_await wire.handshake("connect");
    if (good) good = co_await wire.answer("connect", 220);
    if (good) good = co_await hello(wire, extensions);
    if (good && wire.server().security == Security::starttls) {
        good = co_await upgrade(wire, extensions);
        if (good) good = co_await hello(wire, extensions);
    }
    if (good && !wire.server().user.empty()) good = co_await sign_in(wire, extensions);
    co_return good;
}

}  // namespace dakiya::net
