// The mail client against a server that does what a test tells it: above all, whether the final dot has left.
#include <catch2/catch.hpp>

#include "certificate.hpp"
#include "mail_talk.hpp"

namespace dakiya::net::test {
namespace {

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
