// The effect mail/1: how it is read, and what the driver makes of each end of a mail.
#include <catch2/catch.hpp>

#include "fakes.hpp"
#include "own_grants.hpp"
#include "send/mail_effect.hpp"

using namespace dakiya;
using namespace dakiya::send;
using How = Ended::How;
using net::Transport;

namespace {

class FakeMail final : public net::MailClient {
public:
    void send(net::MailRequest request, Done done) override {
        requests.push_back(std::move(request));
        waiting = std::move(done);
    }
    std::vector<net::MailRequest> requests;
    Done waiting;
};

constexpr const char* wish =
    R"({"host":"mx.example","port":587,"ehlo":"me.example","user":"u","secret":"s","auth":"login",
        "connections":3,"limit":"send","from":"a@b.example","to":"c@d.example","envelope_id":"msg_1",
        "notify":"FAILURE","message":"Subject: Hi\r\n\r\nHello"})";

struct World {
    ManualClock clock;
    FakeClient client;
    FakeMail mail;
    net::OwnGrants grants{clock};
    net::Limiter limiter{client, grants, clock};
    net::Breaker breaker{clock};
    Limits limits{{}};
    Pool workers{"turns", 1};
    Exchange exchange{{client, limiter, breaker, workers, workers, workers, clock, limits, &mail}};
    std::optional<Ended> ended;
    std::optional<plugin::Reply> seen;  // what the plugin got

    void run(const std::string& json, const std::string& op = "send") {
        Call call;
        call.connection = std::make_shared<FakeConnection>([this, json](const plugin::Turn& turn) {
            plugin::Output output;
            if (turn.reply) {
                seen = *turn.reply;
                return say({result(0, "sent")});
            }
            output.effect = plugin::Effect{"mail/1", {}, json, "sent", "memo"};
            return output;
        });
        call.connection_id = 7;
        call.op = op;
        call.input = "{}";
        exchange.run(std::move(call), [this](Ended end) { ended = std::move(end); });
        settle();
    }
    void settle() {
        for (int i = 0; i < 4; ++i) {
            std::promise<void> done;
            workers.post([&done] { done.set_value(); });
            done.get_future().get();
        }
    }
    void answer(net::MailReply reply) {
        REQUIRE(mail.waiting);
        std::exchange(mail.waiting, nullptr)(std::move(reply));
        settle();
    }
};

net::MailReply said(std::string stage, int code, std::string enhanced, bool left) {
    net::MailReply reply;
    reply.stage = std::move(stage);
    reply.code = code;
    reply.enhanced = std::move(enhanced);
    reply.text = "words";
    reply.left = left;
    return reply;
}

net::MailReply lost_mail(Transport why, bool left, bool untried = false) {
    net::MailReply reply;
    reply.transport = why;
    reply.left = left;
    reply.untried = untried;
    reply.stage = "data";
    reply.text = "the wire broke";
    return reply;
}

}  // namespace

TEST_CASE("a mail goes out as asked, and the plugin gets the server's last answer") {
    World world;
    world.run(wish);
    REQUIRE(world.mail.requests.size() == 1);
    const net::MailRequest& request = world.mail.requests[0];
    CHECK(request.server.host == "mx.example");
    CHECK(request.server.security == net::MailServer::Security::starttls);
    CHECK(request.server.auth == net::MailServer::Auth::login);
    CHECK(request.server.connections == 3);
    CHECK(request.to == "c@d.example");
    CHECK(*request.message.at(0) == "Subject: Hi\r\n\r\nHello");
    world.answer(said("message", 550, "5.7.1", true));
    REQUIRE(world.seen);
    CHECK(world.seen->status == 550);
    CHECK(world.seen->body == "words");
    CHECK(world.seen->headers.at(0).value == "message");
    CHECK(world.seen->headers.at(1).value == "5.7.1");
    CHECK(world.ended->how == How::finished);
}

TEST_CASE("what a lost mail means") {
    struct Row {
        const char* name;
        net::MailReply reply;
        How how;
        bool untried;
    };
    const Row rows[] = {
        {"no connection", lost_mail(Transport::connect, false), How::not_sent, false},
        {"cut before the final dot", lost_mail(Transport::closed, false), How::not_sent, false},
        {"cut after it", lost_mail(Transport::closed, true), How::unknown, false},
        {"no answer to it", lost_mail(Transport::timeout, true), How::unknown, false},
        {"no connection was free", lost_mail(Transport::refused, false, true), How::not_sent, true},
    };
    for (const Row& row : rows) {
        INFO(row.name);
        World world;
        world.run(wish);
        world.answer(row.reply);
        REQUIRE(world.ended);
        CHECK(world.ended->how == row.how);
        CHECK(world.ended->untried == row.untried);
        CHECK_FALSE(world.seen);
    }
}

TEST_CASE("a test of the connection hears why there is none") {
    World world;
    world.run(R"({"host":"mx.example","port":25,"ehlo":"me","probe":true})", "check");
    CHECK(world.mail.requests.at(0).probe);
    world.answer(lost_mail(Transport::tls, false));
    REQUIRE(world.seen);
    CHECK(world.seen->status == 0);
    CHECK(world.seen->error == "tls");
    CHECK(world.seen->body == "the wire broke");
}

TEST_CASE("files come before the mail, once for all who ask") {
    const std::string with_file =
        R"({"host":"mx.example","port":25,"ehlo":"me","from":"","to":"c@d.example",
            "message":["head\r\n",{"url":"https://files.example/a.pdf"},"tail"]})";
    World world;
    world.run(with_file);
    CHECK(world.mail.requests.empty());
    REQUIRE(world.client.waiting() == 1);
    CHECK(world.client.answer(http_reply(200, std::string(60, 'x'))).url == "https://files.example/a.pdf");
    world.settle();
    REQUIRE(world.mail.requests.size() == 1);
    CHECK(*world.mail.requests[0].message.at(1) ==
          "eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4\r\neHh4\r\n");
    world.answer(said("message", 250, "", true));
    world.run(with_file);
    CHECK(world.client.waiting() == 0);
    CHECK(world.mail.requests.size() == 2);
    world.answer(said("message", 250, "", true));
    world.clock.advance(MailFiles::kept_for);
    world.run(with_file);
    CHECK(world.client.waiting() == 1);

    SECTION("one that is gone is the plugin's to judge") {
        world.client.answer(http_reply(404));
        world.settle();
        CHECK(world.seen->status == 404);
        CHECK(world.seen->headers.at(0).value == "attachment");
        CHECK(world.mail.requests.size() == 2);
    }
    SECTION("one that did not come is tried again") {
        world.client.answer(lost(Transport::timeout, true));
        world.settle();
        CHECK(world.ended->how == How::not_sent);
        CHECK(world.mail.requests.size() == 2);
    }
}

TEST_CASE("a wish that cannot be read is the plugin's fault") {
    for (const char* json :
         {R"({"port":25})", R"({"host":"h","port":0,"ehlo":"e","from":"","to":"a@b","message":"x"})",
          R"({"host":"h","port":25,"ehlo":"e","security":"ssl","from":"","to":"a@b","message":"x"})",
          R"({"host":"h","port":25,"ehlo":"e","from":"","to":"a@b","message":[]})",
          R"({"host":"h","port":25,"ehlo":"e","from":"","to":"a@b","message":[{"file":1}]})",
          R"({"host":"h","port":25,"ehlo":"e","from":"","to":"a@b"})"}) {
        INFO(json);
        CHECK_FALSE(read_mail(json));
        World world;
        world.run(json);
        REQUIRE(world.ended);
        CHECK(world.ended->how == How::fault);
    }
}
