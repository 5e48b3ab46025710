// The whole day of the two providers that the simulator does not play: the sandbox, which is its own, and
// SMTP, whose other end is a mail server. As providers_test, from the form to the last report.
#include <algorithm>

#include "canary.hpp"
#include "funnel.hpp"
#include "mail_server.hpp"

using namespace blackbox;
using namespace std::chrono_literals;
using States = std::map<std::string, std::int64_t>;

namespace {

constexpr int people = 500;

std::string padded(int n, int digits) {
    std::string text = std::to_string(n);
    return text.insert(0, static_cast<std::size_t>(digits) - text.size(), '0');
}

void require_states(World& world, const std::string& campaign, const States& expected) {
    wait_until(
        "the reports to be worked off", 30s, [&] { return world.states(campaign) == expected; },
        [&] { return world.api().get("/v1/campaigns/" + campaign + "/stats").dump(); });
}

void require_closed(World& world, const std::string& address) {
    wait_until("STOP to be heard", 20s, [&] { return !world.api().all("/v1/suppressions").empty(); });
    const auto closed = world.api().all("/v1/suppressions");
    REQUIRE(std::any_of(closed.begin(), closed.end(),
                        [&](const Json& one) { return one.at("address").text() == address; }));
}

void require_skipped(World& world, const std::string& connection, const std::string& channel,
                     const std::string& to, const Json& content) {
    const Json after = world.api().post(
        "/v1/messages",
        Json{{"connection", connection}, {"channel", channel}, {"to", to}, {"content", content}}, 202);
    INFO(after.dump());
    REQUIRE(after.at("state").text() == "skipped");
}

// ---- the sandbox: what becomes of a message stands in its number (plugins/sandbox/README.md)

struct Fate {
    const char* ending;
    int count;
    const char* state;
};
constexpr Fate fates[] = {{"0000", 20, "failed"},     // refused
                          {"0013", 20, "failed"},     // accepted, then reported as not delivered
                          {"0012", 10, "delivered"},  // the answer is lost, and settled
                          {"0014", 1, "read"}};       // delivered and read; then STOP

// By number: the state that the campaign must end in.
std::map<std::string, std::string> numbers_with_fates() {
    std::map<std::string, std::string> expected;
    int prefix = 1000;
    for (const Fate& fate : fates)
        for (int i = 0; i < fate.count; ++i)
            expected["+9198" + std::to_string(prefix++) + fate.ending] = fate.state;
    for (int i = 0; static_cast<int>(expected.size()) < people; ++i)
        expected["+9197" + padded(i, 4) + "5555"] = "read";
    return expected;
}

// ---- SMTP: what the mail server of a recipient reports

std::string header(const Mail& mail, const std::string& name) {
    const auto at = mail.text.find("\r\n" + name + ": ");
    REQUIRE(at != std::string::npos);
    const auto begin = at + name.size() + 4;
    return mail.text.substr(begin, mail.text.find("\r\n", begin) - begin);
}

// RFC 3464, as Postfix writes it.
std::string report(const std::string& message, const std::string& to, bool delivered) {
    return "From: MAILER-DAEMON@mx.example\r\nTo: bounces@shop.example\r\nDate: Sat, 21 Nov 2026 10:15:02 "
           "+0530\r\n"
           "MIME-Version: 1.0\r\nContent-Type: multipart/report; report-type=delivery-status; "
           "boundary=\"b\"\r\n\r\n"
           "--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example\r\n"
           "Original-Envelope-Id: " +
           message + "\r\n\r\nFinal-Recipient: rfc822; " + to +
           (delivered
                ? "\r\nAction: delivered\r\nStatus: 2.0.0\r\n\r\n"
                : "\r\nAction: failed\r\nStatus: 5.1.1\r\nDiagnostic-Code: smtp; 550 no such user\r\n\r\n") +
           "--b--\r\n";
}

std::string unsubscribe_mail(const std::string& from) {
    return "From: " + from +
           "\r\nTo: stop@shop.example\r\nDate: Sat, 21 Nov 2026 10:15:02 +0530\r\nMessage-ID: "
           "<u1@ok.example>\r\n"
           "Subject: Unsubscribe\r\n\r\n\r\n";
}

}  // namespace

TEST_CASE("the sandbox: connect, log in, templates, 500 people, every event, STOP, no secret anywhere") {
    Setup setup;
    setup.settings["log.level"] = "trace";
    World world(dialects().back(), setup);
    const auto expected = numbers_with_fates();
    std::string csv = "name,phone,order\n";
    for (const auto& [number, state] : expected) csv += "Asha," + number + ",A-1009\n";
    REQUIRE(world.import(csv).at("created").integer() == people);

    const Json settings{
        {"delivered_after_ms", 50}, {"read_after_ms", 100}, {"read_percent", 100}, {"login_every_s", 2}};
    const std::string connection =
        world.api()
            .post("/v1/connections", Json{{"provider", "sandbox"}, {"settings", settings}}, 201)
            .at("id");
    const Json verdict = world.api().post("/v1/connections/" + connection + "/test");
    INFO(verdict.dump());
    REQUIRE(verdict.at("ok").boolean());
    world.sync_templates(connection);
    REQUIRE(world.api().all("/v1/templates").size() == 3);

    const std::string id =
        world.send_campaign(connection,
                            Json{{"kind", "template"},
                                 {"template", Json{{"name", "order_update"}, {"language", "en"}}},
                                 {"variables", Json{{"1", "{{name|there}}"}, {"2", "{{order}}"}}}},
                            Json{{"all", true}}, Json{{"channel", "whatsapp"}});
    world.wait_completed(id, 60s);
    States sums;
    for (const auto& [number, state] : expected) ++sums[state];
    require_states(world, id, sums);
    for (const Recipient& person : recipients(world.api(), id)) {
        INFO(person.address);
        REQUIRE(person.state == expected.at(person.address));
    }

    const std::string stopped = "+9198" + std::to_string(1000 + 50) + "0014";
    require_closed(world, stopped);
    require_skipped(world, connection, "whatsapp", stopped, Json{{"kind", "text"}, {"text", "Hi"}});

    // Its token is made anew every two seconds; the stored one is sealed.
    const std::string key = world.create_key(world.tenant(), "read");
    REQUIRE(world.api_as(key).get("/v1/connections/" + connection).at("state").text() == "enabled");
    REQUIRE(world.database().database().read([](dakiya::store::Session& session) {
        return session.query("SELECT sealed FROM credentials").size();
    }) == 1);
    REQUIRE(world.stop() == 0);
    require_left_nowhere(world, {key, "\"token\":\"sandbox-"});
}

TEST_CASE("SMTP: connect, sign in, test, 500 people, every report, STOP, no secret anywhere") {
    const std::string password = "mail-pass-canary-71c3";
    Setup setup;
    setup.settings["log.level"] = "trace";
    setup.settings["net.allow"] = "127.0.0.1/32";
    setup.settings["limits.smtp.send"] = "100000";
    World world(dialects().back(), setup);
    MailServer server({"tea@shop.example", password});
    std::string csv = "name,email\n";
    for (int i = 0; i < people; ++i) csv += "Asha,person." + std::to_string(i) + "@ok.example\n";
    REQUIRE(world.import(csv).at("created").integer() == people);

    const Json made = world.api().post("/v1/connections",
                                       Json{{"provider", "smtp"},
                                            {"settings", Json{{"host", "127.0.0.1"},
                                                              {"port", server.port()},
                                                              {"security", "none"},
                                                              {"username", "tea@shop.example"},
                                                              {"password", password},
                                                              {"from_address", "tea@shop.example"},
                                                              {"unsubscribe_mailto", "stop@shop.example"},
                                                              {"reports", "all"}}}},
                                       201);
    const std::string connection = made.at("id"), webhook = made.at("webhook_url");
    const Json verdict = world.api().post("/v1/connections/" + connection + "/test");
    INFO(verdict.dump());
    REQUIRE(verdict.at("ok").boolean());

    const Json content{{"kind", "text"}, {"text", "Hello {{name}}"}, {"email", Json{{"subject", "Tea"}}}};
    const std::string id =
        world.send_campaign(connection, content, Json{{"all", true}}, Json{{"channel", "email"}});
    world.wait_completed(id, 60s);
    const auto mails = server.mails();
    REQUIRE(mails.size() == people);

    // Of every twenty one comes back, one is never heard of, and the reports come twice.
    const Client postman(world.api().port());
    const auto pipe = [&](const std::string& mail) {
        const Answer answer = postman.ask("POST", webhook.substr(webhook.find("/webhooks/")), mail,
                                          {{"Content-Type", "message/rfc822"}});
        INFO(answer.body);
        REQUIRE(answer.status == 200);
    };
    std::map<std::string, std::string> ledger;
    for (std::size_t i = 0; i < mails.size(); ++i) {
        const std::string to = header(mails[i], "To"), named = header(mails[i], "Message-ID");
        const std::string message = named.substr(1, named.find('@') - 1);
        ledger[to] = i % 20 == 0 ? "failed" : i % 20 == 1 ? "sent" : "delivered";
        if (i % 20 == 1) continue;
        pipe(report(message, to, i % 20 != 0));
        if (i % 10 == 3) pipe(report(message, to, true));
    }
    require_states(world, id, {{"delivered", 450}, {"failed", 25}, {"sent", 25}});
    for (const Recipient& person : recipients(world.api(), id)) {
        INFO(person.address);
        REQUIRE(person.state == ledger.at(person.address));
    }

    pipe(unsubscribe_mail("person.7@ok.example"));
    require_closed(world, "person.7@ok.example");
    require_skipped(world, connection, "email", "person.7@ok.example", content);
    REQUIRE(server.mails().size() == people);
    REQUIRE(world.stop() == 0);
    require_left_nowhere(world, {password});
}
