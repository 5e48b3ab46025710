// The mail client against a server that does what a test tells it: above all, whether the final dot has left.
#include <catch2/catch.hpp>

#include <future>

#include "certificate.hpp"
#include "client.hpp"
#include "net/smtp_client.hpp"
#include "server.hpp"

namespace dakiya::net::test {
namespace {

using Security = MailServer::Security;

SmtpOptions options_of(const std::string& ca_file = {}) {
    SmtpOptions options;
    options.guard.allow_private = true;
    options.ca_file = ca_file;
    return options;
}

MailRequest mail_to(const Server& server, Security security = Security::none) {
    MailRequest request;
    request.server.host = "localhost";
    request.server.port = server.port();
    request.server.security = security;
    request.server.ehlo = "shop.example";
    request.from = "bounce@shop.example";
    request.to = "asha@example.com";
    request.envelope_id = "msg_1";
    request.notify = "FAILURE";
    request.message = {std::make_shared<const std::string>("Subject: Hi\r\n\r\nHello\r\n")};
    return request;
}

std::future<MailReply> start(MailClient& client, MailRequest request) {
    auto promise = std::make_shared<std::promise<MailReply>>();
    client.send(std::move(request), [promise](MailReply reply) { promise->set_value(std::move(reply)); });
    return promise->get_future();
}

MailReply send(MailClient& client, MailRequest request) { return wait(start(client, std::move(request))); }

// What a client said, and to what; shared with the server's threads.
class Heard {
public:
    void add(const std::string& line) {
        const std::lock_guard lock(mutex_);
        lines_.push_back(line);
    }
    std::vector<std::string> lines() const {
        const std::lock_guard lock(mutex_);
        return lines_;
    }

private:
    mutable std::mutex mutex_;
    std::vector<std::string> lines_;
};

// A whole, friendly server, but for the commands that `answers` has other words for. "CUT" cuts the
// connection there; "." stands for the end of a message. Each answer is used once.
struct Talk {
    std::string greeting = "220 mx.example ESMTP\r\n";
    std::string offers =
        "250-mx.example\r\n250-PIPELINING\r\n250-DSN\r\n250-SIZE 10000\r\n250 ENHANCEDSTATUSCODES\r\n";
    std::vector<std::pair<std::string, std::string>> answers;
    SSL_CTX* tls = nullptr;  // of STARTTLS
    Heard* heard = nullptr;

    void operator()(Peer& peer) const {
        auto left = answers;
        const auto say = [&](const std::string& command, std::string text) {
            for (auto it = left.begin(); it != left.end(); ++it) {
                if (command.rfind(it->first, 0) != 0) continue;
                text = it->second;
                left.erase(it);
                break;
            }
            if (text == "CUT") {
                peer.cut();
                return false;
            }
            peer.send(text);
            return text[0] != '4' && text[0] != '5';
        };
        if (greeting == "CUT") return peer.cut();
        peer.send(greeting);
        for (std::string line = peer.read_line(); !line.empty(); line = peer.read_line()) {
            if (heard) heard->add(line);
            const std::string word = line.substr(0, line.find_first_of(" :"));
            if (word == "EHLO") {
                if (!say(line, offers)) continue;
            } else if (word == "STARTTLS") {
                if (say(line, "220 go ahead\r\n")) peer.start_tls(tls);
            } else if (word == "DATA") {
                if (!say(line, "354 go ahead\r\n")) continue;
                const std::string text = peer.read_message();
                if (heard) heard->add(text);
                if (!say(".", "250 2.0.0 queued\r\n")) continue;
            } else if (word == "QUIT") {
                peer.send("221 bye\r\n");
                return;
            } else {
                say(line, word == "AUTH" ? "235 2.7.0 welcome\r\n" : "250 2.0.0 ok\r\n");
            }
        }
    }
};

TEST_CASE("A message goes out whole, and its connection carries the next one") {
    Heard heard;
    Talk talk;
    talk.heard = &heard;
    Server server(talk);
    SmtpClient client(options_of());
    MailRequest request = mail_to(server);
    for (int i = 0; i < 3; ++i) {
        const MailReply reply = send(client, request);
        INFO(reply.text);
        CHECK(reply.transport == Transport::ok);
        CHECK(reply.stage == "message");
        CHECK(reply.code == 250);
        CHECK(reply.enhanced == "2.0.0");
        CHECK(reply.text == "queued");
        CHECK(reply.left);
    }
    CHECK(server.accepted() == 1);
    const auto lines = heard.lines();
    REQUIRE(lines.size() == 13);
    CHECK(lines[0] == "EHLO shop.example");
    CHECK(lines[1] == "MAIL FROM:<bounce@shop.example> SIZE=25 RET=HDRS ENVID=msg_1");
    CHECK(lines[2] == "RCPT TO:<asha@example.com> NOTIFY=FAILURE ORCPT=rfc822;asha@example.com");
    CHECK(lines[3] == "DATA");
    CHECK(lines[4] == "Subject: Hi\r\n\r\nHello");
}

TEST_CASE("Each answer ends the message at its stage, and nothing has left before the final dot") {
    struct Row {
        const char *command, *answer, *stage;
        int code;
        const char* enhanced;
        Transport transport;
        bool left;
    };
    const Row rows[] = {
        {"EHLO", "550 5.7.1 go away\r\n", "ehlo", 550, "5.7.1", Transport::ok, false},
        {"EHLO", "CUT", "ehlo", 0, "", Transport::closed, false},
        {"MAIL", "450 4.7.1 slow down\r\n", "mail", 450, "4.7.1", Transport::ok, false},
        {"MAIL", "CUT", "mail", 0, "", Transport::closed, false},
        {"RCPT", "550 5.1.1 unknown\r\n", "rcpt", 550, "5.1.1", Transport::ok, false},
        {"RCPT", "452 4.2.2 full\r\n", "rcpt", 452, "4.2.2", Transport::ok, false},
        {"RCPT", "CUT", "rcpt", 0, "", Transport::closed, false},
        {"DATA", "554 5.5.1 no\r\n", "data", 554, "5.5.1", Transport::ok, false},
        {"DATA", "CUT", "data", 0, "", Transport::closed, false},
        {".", "554 5.7.1 spam\r\n", "message", 554, "5.7.1", Transport::ok, true},
        {".", "451 4.3.0 later\r\n", "message", 451, "4.3.0", Transport::ok, true},
        {".", "421 4.3.2 closing\r\n", "message", 421, "4.3.2", Transport::ok, true},
        {".", "CUT", "message", 0, "", Transport::closed, true},
        {".", "hello?\r\n", "message", 0, "", Transport::closed, true},
    };
    for (const bool pipelining : {true, false}) {
        for (const Row& row : rows) {
            INFO(row.command << " answered " << row.answer << (pipelining ? " with" : " without")
                             << " pipelining");
            Talk talk;
            if (!pipelining) talk.offers = "250 mx.example\r\n";
            talk.answers = {{row.command, row.answer}};
            Server server(talk);
            SmtpClient client(options_of());
            const MailReply reply = send(client, mail_to(server));
            CHECK(reply.transport == row.transport);
            CHECK(reply.stage == row.stage);
            CHECK(reply.code == row.code);
            CHECK(reply.enhanced == row.enhanced);
            CHECK(reply.left == row.left);
        }
    }
}

TEST_CASE("A refused message does not spoil the connection") {
    for (const char* command : {"MAIL", "RCPT", "DATA", "."}) {
        for (const bool pipelining : {true, false}) {
            INFO(command << pipelining);
            Talk talk;
            if (!pipelining) talk.offers = "250 mx.example\r\n";
            talk.answers = {{command, "550 5.0.0 no\r\n"}};
            Server server(talk);
            SmtpClient client(options_of());
            CHECK(send(client, mail_to(server)).code == 550);
            CHECK(send(client, mail_to(server)).code == 250);
            CHECK(server.accepted() == 1);
        }
    }
}

TEST_CASE("A connection that died at rest costs nothing") {
    std::atomic<int> connections = 0;
    Server server([&](Peer& peer) {
        Talk talk;
        // The first says goodbye to its second message, as servers do that allow so many a connection.
        if (connections++ == 0) talk.answers = {{"NOOP", ""}, {"MAIL FROM:<second", "421 4.7.0 enough\r\n"}};
        talk(peer);
    });
    SmtpClient client(options_of());
    CHECK(send(client, mail_to(server)).code == 250);
    MailRequest second = mail_to(server);
    second.from = "second@shop.example";
    CHECK(send(client, second).code == 250);
    CHECK(server.accepted() == 2);
    SECTION("but a fresh one that says so is believed") {
        Talk talk;
        talk.answers = {{"MAIL", "421 4.7.0 not you\r\n"}};
        Server strict(talk);
        const MailReply reply = send(client, mail_to(strict));
        CHECK(reply.code == 421);
        CHECK(reply.stage == "mail");
        CHECK(strict.accepted() == 1);
    }
}

TEST_CASE("No more connections than allowed, and later messages wait for one") {
    std::promise<void> go;
    const std::shared_future<void> gate = go.get_future().share();
    Server server([&](Peer& peer) {
        gate.wait();
        Talk()(peer);
    });
    SmtpClient client(options_of());
    MailRequest request = mail_to(server);
    request.server.connections = 2;
    std::vector<std::future<MailReply>> replies;
    for (int i = 0; i < 8; ++i) replies.push_back(start(client, request));
    go.set_value();
    for (auto& reply : replies) CHECK(wait(std::move(reply)).code == 250);
    CHECK(server.accepted() <= 2);
}

TEST_CASE("Too late is not sent") {
    Server server(Talk{});
    SmtpClient client(options_of());
    MailRequest request = mail_to(server);
    request.not_after = std::chrono::steady_clock::now() - Millis(1);
    const MailReply reply = send(client, request);
    CHECK(reply.transport == Transport::refused);
    CHECK(reply.untried);
    CHECK_FALSE(reply.left);
    SECTION("also when the time runs out between the first command and the final dot") {
        std::promise<void> asked, go;
        const std::shared_future<void> gate = go.get_future().share();
        Heard heard;
        Server slow([&](Peer& peer) {
            peer.send("220 hi\r\n");
            peer.read_line();
            peer.send("250 mx\r\n");
            peer.read_line();
            asked.set_value();
            gate.wait();
            peer.send("250 ok\r\n");
            peer.read_line();
            peer.send("250 ok\r\n");
            peer.read_line();
            peer.send("354 go\r\n");
            heard.add(peer.read_message());
        });
        MailRequest late = mail_to(slow);
        const Steady end = std::chrono::steady_clock::now() + Millis(200);
        late.not_after = end;
        auto future = start(client, late);
        asked.get_future().wait();
        while (std::chrono::steady_clock::now() < end) std::this_thread::yield();
        go.set_value();
        const MailReply ended = wait(std::move(future));
        CHECK(ended.untried);
        CHECK_FALSE(ended.left);
    }
}

TEST_CASE("A server that says nothing ends in its time, and only after the dot in doubt") {
    struct Row {
        int lines;  // that it answers
        bool left;
        const char* stage;
    };
    for (const Row& row :
         {Row{0, false, "connect"}, Row{1, false, "ehlo"}, Row{2, false, "mail"}, Row{5, true, "message"}}) {
        INFO(row.stage);
        Server server([&](Peer& peer) {
            const char* const says[] = {"220 hi\r\n", "250 mx\r\n", "250 ok\r\n", "250 ok\r\n", "354 go\r\n"};
            for (int i = 0; i < row.lines; ++i) {
                if (i > 0) peer.read_line();
                peer.send(says[i]);
            }
            peer.wait_closed();
        });
        SmtpOptions options = options_of();
        options.times = {Millis(300), Millis(300), Millis(300), Millis(300)};
        SmtpClient client(options);
        const MailReply reply = send(client, mail_to(server));
        CHECK(reply.transport == Transport::timeout);
        CHECK(reply.left == row.left);
        CHECK(reply.stage == row.stage);
    }
}

TEST_CASE("Without a server, and where we may not go") {
    SmtpClient client(options_of());
    Server server(Talk{});
    MailRequest request = mail_to(server);
    request.server.port = closed_port();
    const MailReply reply = send(client, request);
    CHECK(reply.transport == Transport::connect);
    CHECK(reply.stage == "connect");
    CHECK_FALSE(reply.left);
    SmtpClient guarded{SmtpOptions{}};
    const MailReply refused = send(guarded, mail_to(server));
    CHECK(refused.transport == Transport::refused);
    CHECK(refused.text.find("not on the public Internet") != std::string::npos);
    CHECK(server.accepted() == 0);
}

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

TEST_CASE("What the server cannot take is not begun") {
    Heard heard;
    Talk talk;
    talk.heard = &heard;
    Server server(talk);
    SmtpClient client(options_of());
    MailRequest large = mail_to(server);
    large.message = {std::make_shared<const std::string>(std::string(20'000, 'x'))};
    CHECK(send(client, large).enhanced == "5.3.4");
    MailRequest eight_bit = mail_to(server);
    eight_bit.message = {std::make_shared<const std::string>("Hé\r\n")};
    CHECK(send(client, eight_bit).enhanced == "5.6.3");
    MailRequest utf8 = mail_to(server);
    utf8.to = "आशा@example.com";
    CHECK(send(client, utf8).enhanced == "5.6.7");
    CHECK(heard.lines().size() == 1);
    CHECK(send(client, mail_to(server)).code == 250);
}

TEST_CASE("A large message arrives whole, over TLS too") {
    Authority authority;
    const auto tls = authority.serve("DNS:localhost");
    std::string body;
    for (int i = 0; i < 20'000; ++i) body += ".line " + std::to_string(i) + "\n";
    for (SSL_CTX* const with : {static_cast<SSL_CTX*>(nullptr), tls.get()}) {
        Heard heard;
        Talk talk;
        talk.heard = &heard;
        talk.offers = "250 mx\r\n";
        Server server(talk, with);
        SmtpClient client(options_of(authority.file()));
        MailRequest request = mail_to(server, with ? Security::tls : Security::none);
        request.message = {std::make_shared<const std::string>(body)};
        CHECK(send(client, request).code == 250);
        CHECK(heard.lines().back().size() == body.size() + 2 * 20'000 - 2);  // a dot and a CR a line
    }
}

TEST_CASE("A probe signs in and says goodbye") {
    Heard heard;
    Talk talk;
    talk.heard = &heard;
    Server server(talk);
    SmtpClient client(options_of());
    MailRequest probe = mail_to(server);
    probe.probe = true;
    const MailReply reply = send(client, probe);
    CHECK(reply.stage == "ready");
    CHECK(reply.code == 250);
    CHECK(heard.lines() == std::vector<std::string>{"EHLO shop.example", "NOOP", "QUIT"});
}

TEST_CASE("Whoever is not needed any more says goodbye") {
    Heard heard;
    std::promise<void> gone;
    Server server([&](Peer& peer) {
        Talk talk;
        talk.heard = &heard;
        talk(peer);
        gone.set_value();
    });
    SmtpOptions options = options_of();
    SECTION("after a while") { options.idle = Millis(50); }
    SECTION("at the end") {}
    auto client = std::make_unique<SmtpClient>(options);
    CHECK(send(*client, mail_to(server)).code == 250);
    if (options.idle > Millis(1000)) client.reset();
    gone.get_future().wait();
    CHECK(heard.lines().back() == "QUIT");
}

TEST_CASE("An end of the client ends what is under way") {
    std::promise<void> asked;
    Server server([&](Peer& peer) {
        peer.send("220 hi\r\n");
        peer.read_line();
        asked.set_value();
        peer.wait_closed();
    });
    auto client = std::make_unique<SmtpClient>(options_of());
    auto waiting = start(*client, mail_to(server));
    asked.get_future().wait();
    client.reset();
    const MailReply reply = wait(std::move(waiting));
    CHECK(reply.transport == Transport::closed);
    CHECK_FALSE(reply.left);
}

}  // namespace
}  // namespace dakiya::net::test
