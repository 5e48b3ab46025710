#include <catch2/catch.hpp>

#include "net/smtp_text.hpp"

namespace dakiya::net {
namespace {

using State = SmtpReader::State;

std::shared_ptr<const std::string> piece(std::string text) {
    return std::make_shared<const std::string>(std::move(text));
}

TEST_CASE("Replies come in any portions, with or without enhanced codes") {
    SmtpReader reader;
    SmtpReply reply;
    const std::string wire =
        "250-mx.example\r\n250 SIZE 100\r\n550-5.1.1 No such\r\n550 5.1.1 user\r\n354\r\n250 2.1 odd\n";
    std::vector<SmtpReply> replies;
    for (const char c : wire) {
        reader.add({&c, 1});
        if (reader.next(reply) == State::whole) replies.push_back(reply);
    }
    REQUIRE(replies.size() == 4);
    CHECK(replies[0].lines == std::vector<std::string>{"mx.example", "SIZE 100"});
    CHECK(replies[1].code == 550);
    CHECK(replies[1].enhanced == "5.1.1");
    CHECK(replies[1].text == "No such user");
    CHECK(replies[2].code == 354);
    CHECK(replies[3].enhanced.empty());
    CHECK(replies[3].text == "2.1 odd");
    CHECK(reader.empty());
}

TEST_CASE("What is no reply is broken") {
    for (const std::string wire :
         {"HTTP/1.1 400\r\n", "25\r\n", "250-a\r\n251 b\r\n", "999 x\r\n", "150 x\r\n", "250_x\r\n"}) {
        SmtpReader reader;
        SmtpReply reply;
        reader.add(wire);
        CHECK(reader.next(reply) == State::broken);
    }
    SmtpReader reader;
    SmtpReply reply;
    reader.add(std::string(70'000, 'x'));
    CHECK(reader.next(reply) == State::broken);
    SmtpReader endless;
    for (int i = 0; i < 1000; ++i) endless.add("250-" + std::string(100, 'x') + "\r\n");
    CHECK(endless.next(reply) == State::broken);
}

TEST_CASE("What a reply quotes is readable ASCII") {
    SmtpReader reader;
    SmtpReply reply;
    reader.add("550 bad \x01\xFF thing\r\n");
    REQUIRE(reader.next(reply) == State::whole);
    CHECK(reply.text == "bad ?? thing");
}

TEST_CASE("Extensions are read in any case") {
    const auto all = read_extensions({"mx greets", "pipelining", "SIZE 1000", "STARTTLS", "8bitmime",
                                      "SMTPUTF8", "DSN", "AUTH plain LOGIN", "AUTH=CRAM-MD5"});
    CHECK(all.pipelining);
    CHECK(all.starttls);
    CHECK(all.eight_bit);
    CHECK(all.utf8);
    CHECK(all.dsn);
    CHECK(all.most_bytes == 1000);
    CHECK(all.sign_in == std::vector<std::string>{"PLAIN", "LOGIN", "CRAM-MD5"});
    CHECK(choose_sign_in(MailServer::Auth::automatic, true, all) == "PLAIN");
    CHECK(choose_sign_in(MailServer::Auth::automatic, false, all) == "CRAM-MD5");
    CHECK(choose_sign_in(MailServer::Auth::login, false, all) == "LOGIN");
    CHECK(choose_sign_in(MailServer::Auth::plain, true, {}).empty());
    CHECK_FALSE(read_extensions({"SIZE 5"}).size);  // the greeting's line
}

TEST_CASE("Ways to sign in, by the examples of their RFCs") {
    CHECK(plain_response("tim", "tanstaaftanstaaf") == "AHRpbQB0YW5zdGFhZnRhbnN0YWFm");  // RFC 4616 4
    CHECK(cram_md5_response("tim", "tanstaaftanstaaf",
                            "PDE4OTYuNjk3MTcwOTUyQHBvc3RvZmZpY2UucmVzdG9uLm1jaS5uZXQ+") ==
          "dGltIGI5MTNhNjAyYzdlZGE3YTQ5NWI0ZTZlNzMzNGQzODkw");  // RFC 2195 2
    CHECK_FALSE(cram_md5_response("tim", "x", "not base64!"));
}

TEST_CASE("Commands say what the server knows, and nothing else") {
    MailRequest request;
    request.from = "bounce@shop.example";
    request.to = "a+b@example.com";
    request.envelope_id = "msg_1 +=";
    request.notify = "FAILURE";
    CHECK(mail_command(request, {}, 10, true) == "MAIL FROM:<bounce@shop.example>");
    CHECK(rcpt_command(request, {}) == "RCPT TO:<a+b@example.com>");
    SmtpExtensions all;
    all.size = all.eight_bit = all.dsn = all.utf8 = true;
    CHECK(mail_command(request, all, 10, true) ==
          "MAIL FROM:<bounce@shop.example> SIZE=10 BODY=8BITMIME RET=HDRS ENVID=msg_1+20+2B+3D");
    CHECK(mail_command(request, all, 10, false) ==
          "MAIL FROM:<bounce@shop.example> SIZE=10 RET=HDRS ENVID=msg_1+20+2B+3D");
    CHECK(rcpt_command(request, all) ==
          "RCPT TO:<a+b@example.com> NOTIFY=FAILURE ORCPT=rfc822;a+2Bb@example.com");
    request.to = "अ@example.com";
    CHECK(mail_command(request, all, 1, false).find(" SMTPUTF8") != std::string::npos);
}

TEST_CASE("What could break out of a command is refused") {
    MailRequest good;
    good.server.host = "mx.example";
    good.server.ehlo = "me.example";
    good.from = "a@b.example";
    good.to = "c@d.example";
    CHECK_FALSE(unfit(good));
    using Change = void (*)(MailRequest&);
    for (const Change change : std::initializer_list<Change>{
             [](MailRequest& r) { r.to = "c@d.example>\r\nRCPT TO:<e@f.example"; },
             [](MailRequest& r) { r.to = "c d@e"; }, [](MailRequest& r) { r.to.clear(); },
             [](MailRequest& r) { r.from = "a\n@b"; }, [](MailRequest& r) { r.server.ehlo = "x y"; },
             [](MailRequest& r) { r.server.host.clear(); }, [](MailRequest& r) { r.notify = "NEVER\r\n"; },
             [](MailRequest& r) { r.envelope_id = std::string(101, 'x'); }}) {
        MailRequest bad = good;
        change(bad);
        CHECK(unfit(bad));
    }
    good.from.clear();
    CHECK_FALSE(unfit(good));
}

TEST_CASE("A message ends where we say, whatever its lines end with") {
    CHECK(wire_text({piece("a\nb\r\nc\rd")}) == "a\r\nb\r\nc\r\nd\r\n.\r\n");
    CHECK(wire_text({piece(".\r\n..\n.x")}) == "..\r\n...\r\n..x\r\n.\r\n");
    CHECK(wire_text({piece("a\r"), piece("\n.b\r\n")}) == "a\r\n..b\r\n.\r\n");
    CHECK(wire_text({piece("")}) == ".\r\n");
    // SMTP smuggling: an end of data that only a sloppy reader sees.
    CHECK(wire_text({piece("x\n.\nMAIL FROM:<e@f>\r.\ry")}) ==
          "x\r\n..\r\nMAIL FROM:<e@f>\r\n..\r\ny\r\n.\r\n");
}

}  // namespace
}  // namespace dakiya::net
