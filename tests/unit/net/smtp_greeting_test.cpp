// The mail client before its first message: TLS, STARTTLS, signing in.
#include <catch2/catch.hpp>

#include "certificate.hpp"
#include "mail_talk.hpp"

namespace dakiya::net::test {
namespace {

TEST_CASE("STARTTLS: everything but the hello is inside") {
    Authority authority;
    const auto tls = authority.serve("DNS:localhost");
    Heard heard;
    Talk talk;
    talk.heard = &heard;
    talk.tls = tls.get();
    talk.offers = "250-mx.example\r\n250-STARTTLS\r\n250-AUTH PLAIN LOGIN\r\n250 PIPELINING\r\n";
    Server server(talk);
    SmtpClient client(options_of(authority.file()));
    MailRequest request = mail_to(server, Security::starttls);
    request.server.user = "tim";
    request.server.secret = "tanstaaftanstaaf";
    const MailReply reply = send(client, request);
    INFO(reply.text);
    CHECK(reply.code == 250);
    const auto lines = heard.lines();
    REQUIRE(lines.size() == 8);
    CHECK(lines[1] == "STARTTLS");
    CHECK(lines[2] == "EHLO shop.example");
    CHECK(lines[3] == "AUTH PLAIN AHRpbQB0YW5zdGFhZnRhbnN0YWFm");

    SECTION("a server without it gets no password and no message") {
        Heard plain_heard;
        Talk plain;
        plain.heard = &plain_heard;
        Server stripped(plain);
        MailRequest again = mail_to(stripped, Security::starttls);
        again.server.user = "tim";
        again.server.secret = "tanstaaftanstaaf";
        const MailReply refused = send(client, again);
        CHECK(refused.stage == "starttls");
        CHECK(refused.code == 502);
        CHECK_FALSE(refused.left);
        CHECK(plain_heard.lines() == std::vector<std::string>{"EHLO shop.example"});
    }
    SECTION("a stranger's certificate is refused") {
        SmtpClient distrusting(options_of());
        const MailReply refused = send(distrusting, mail_to(server, Security::starttls));
        CHECK(refused.transport == Transport::tls);
        CHECK(refused.stage == "starttls");
        CHECK(refused.text.find("certificate") != std::string::npos);
    }
    SECTION("what somebody slipped in behind the yes is not read (CVE-2011-0411)") {
        Talk injected = talk;
        injected.answers = {{"STARTTLS", "220 go\r\n250 injected\r\n"}};
        Server tampered(injected);
        const MailReply refused = send(client, mail_to(tampered, Security::starttls));
        CHECK(refused.stage == "starttls");
        CHECK_FALSE(refused.left);
    }
}

TEST_CASE("TLS from the first byte") {
    Authority authority;
    const auto tls = authority.serve("DNS:localhost");
    Server server(Talk{}, tls.get());
    SmtpClient client(options_of(authority.file()));
    for (int i = 0; i < 2; ++i) CHECK(send(client, mail_to(server, Security::tls)).code == 250);
    CHECK(server.accepted() == 1);
    SmtpClient distrusting(options_of());
    const MailReply refused = send(distrusting, mail_to(server, Security::tls));
    CHECK(refused.transport == Transport::tls);
    CHECK(refused.stage == "connect");
}

TEST_CASE("Signing in") {
    struct Row {
        const char* offer;
        MailServer::Auth auth;
        std::vector<std::pair<std::string, std::string>> answers;
        std::vector<std::string> said;
        int code;
    };
    using Auth = MailServer::Auth;
    const std::string challenge = "334 PDE4OTYuNjk3MTcwOTUyQHBvc3RvZmZpY2UucmVzdG9uLm1jaS5uZXQ+\r\n";
    const Row rows[] = {
        {"PLAIN LOGIN", Auth::automatic, {}, {"AUTH PLAIN AHRpbQB0YW5zdGFhZnRhbnN0YWFm"}, 250},
        {"LOGIN",
         Auth::automatic,
         {{"AUTH", "334 VXNlcm5hbWU6\r\n"},
          {"dGlt", "334 UGFzc3dvcmQ6\r\n"},
          {"dGFuc3RhYWZ0YW5zdGFhZg==", "235 ok\r\n"}},
         {"AUTH LOGIN", "dGlt", "dGFuc3RhYWZ0YW5zdGFhZg=="},
         250},
        {"PLAIN CRAM-MD5",
         Auth::automatic,
         {{"AUTH", challenge}, {"dGltIG", "235 ok\r\n"}},
         {"AUTH CRAM-MD5", "dGltIGI5MTNhNjAyYzdlZGE3YTQ5NWI0ZTZlNzMzNGQzODkw"},
         250},
        {"PLAIN",
         Auth::automatic,
         {{"AUTH", "535 5.7.8 wrong\r\n"}},
         {"AUTH PLAIN AHRpbQB0YW5zdGFhZnRhbnN0YWFm"},
         535},
        {"CRAM-MD5", Auth::automatic, {{"AUTH", "334 !\r\n"}}, {"AUTH CRAM-MD5"}, 535},
        {"PLAIN", Auth::cram_md5, {}, {}, 504},
        {"GSSAPI", Auth::automatic, {}, {}, 504},
    };
    for (const Row& row : rows) {
        INFO(row.offer << ' ' << row.code);
        Heard heard;
        Talk talk;
        talk.heard = &heard;
        talk.offers = std::string("250-mx\r\n250 AUTH ") + row.offer + "\r\n";
        talk.answers = row.answers;
        Server server(talk);
        SmtpClient client(options_of());
        MailRequest request = mail_to(server);
        request.server.user = "tim";
        request.server.secret = "tanstaaftanstaaf";
        request.server.auth = row.auth;
        const MailReply reply = send(client, request);
        CHECK(reply.code == row.code);
        CHECK(reply.stage == (row.code == 250 ? "message" : "auth"));
        auto lines = heard.lines();
        REQUIRE(lines.size() > row.said.size());
        CHECK(std::equal(row.said.begin(), row.said.end(), lines.begin() + 1));
    }
}

}  // namespace
}  // namespace dakiya::net::test
