// E-mail from the form to the mailbox and back: campaigns, unsubscribing, bounces.
#include <fstream>
#include <set>

#include "mail_server.hpp"
#include "postfix.hpp"
#include "world.hpp"

using namespace blackbox;
using namespace std::chrono_literals;

namespace {

constexpr int people = 500;

Setup mail_setup() {
    Setup setup;
    setup.settings["net.allow"] = "127.0.0.1/32";
    setup.settings["limits.smtp.send"] = "100000";
    return setup;
}

Json connect_mail(World& world, int port) {
    return world.api().post("/v1/connections",
                            Json{{"provider", "smtp"},
                                 {"settings", Json{{"host", "127.0.0.1"},
                                                   {"port", port},
                                                   {"security", "none"},
                                                   {"from_address", "tea@shop.example"},
                                                   {"from_name", "Tea House"},
                                                   {"bounce_address", "bounces+{ref}@shop.example"}}}},
                            201);
}

std::string address_of(int i) { return "Person." + std::to_string(i) + "@ok.example"; }

// The value of a header field of one line, unfolded by hand: our fields of interest have one.
std::string field(const std::string& mail, const std::string& name) {
    const auto at = mail.find("\r\n" + name + ": ");
    if (at == std::string::npos) return {};
    const auto begin = at + name.size() + 4;
    return mail.substr(begin, mail.find("\r\n", begin) - begin);
}

const Json content{
    {"kind", "text"},
    {"text", "Hello {{first_name|there}}, the new harvest is here."},
    {"email", Json{{"subject", "{{first_name|Friend}}, the new harvest"},
                   {"html", "<style>@media x{a{b:c}}</style><p>Hello {{first_name|there}}</p>"}}}};

// The path and query of a link to our public address.
std::string path_of(const std::string& link) {
    const auto slash = link.find('/', link.find("://") + 3);
    return link.substr(slash, link.find('>') - slash);
}

}  // namespace

TEST_CASE("a campaign by e-mail: everybody once, and a click ends it for one") {
    const Dialect dialect = GENERATE(from_range(dialects()));
    World world(dialect, mail_setup());
    MailServer server;
    const Json made = connect_mail(world, server.port());
    const std::string connection = made.at("id");
    const Json verdict = world.api().post("/v1/connections/" + connection + "/test");
    INFO(verdict.dump());
    REQUIRE(verdict.at("ok").boolean());

    std::string csv = "Full Name,E-mail\n";
    for (int i = 0; i < people; ++i) csv += "Asha <" + std::to_string(i) + "> Rao," + address_of(i) + "\n";
    csv += "No Mail,not-an-address\n";
    const Json imported = world.import(csv);
    REQUIRE(imported.at("created").integer() == people);

    const Json audience{{"all", true}}, email{{"channel", "email"}};
    const std::string id = world.send_campaign(connection, content, audience, email);
    world.wait_completed(id, 60s);
    REQUIRE(world.states(id) == std::map<std::string, std::int64_t>{{"sent", people}});

    const auto mails = server.mails();
    REQUIRE(mails.size() == people);
    std::set<std::string> recipients, ids;
    std::string link;
    for (const Mail& mail : mails) {
        recipients.insert(field(mail.text, "To"));
        ids.insert(field(mail.text, "Message-ID"));
        REQUIRE(mail.to.find("NOTIFY=FAILURE") != std::string::npos);
        REQUIRE(field(mail.text, "List-Unsubscribe-Post") == "List-Unsubscribe=One-Click");
        if (field(mail.text, "To") == address_of(7)) {
            link = field(mail.text, "List-Unsubscribe");
            REQUIRE(field(mail.text, "Subject") == "Asha, the new harvest");
            REQUIRE(mail.text.find("@media x{a{b:c}}</style><p>Hello Asha</p>") != std::string::npos);
        }
    }
    REQUIRE(recipients.size() == people);
    REQUIRE(ids.size() == people);

    // The person opens the page, which asks; then presses the button.
    const Client stranger(world.api().port());
    const Answer page = stranger.ask("GET", path_of(link));
    REQUIRE(page.status == 200);
    REQUIRE(page.type.starts_with("text/html"));
    REQUIRE(page.body.find("<button") != std::string::npos);
    REQUIRE(world.api().all("/v1/suppressions").empty());
    REQUIRE(stranger.ask("POST", path_of(link), "List-Unsubscribe=One-Click").status == 200);
    wait_until("the click to be heard", 20s, [&] { return !world.api().all("/v1/suppressions").empty(); });
    REQUIRE(world.api().all("/v1/suppressions").front().at("address").text() == address_of(7));
    std::string forged = path_of(link);
    forged.replace(forged.find("&s=") + 3, 4, "AAAA");
    REQUIRE(stranger.ask("POST", forged, "List-Unsubscribe=One-Click").status == 401);

    const std::string again = world.send_campaign(connection, content, audience, email);
    world.wait_completed(again, 60s);
    REQUIRE(world.states(again) == std::map<std::string, std::int64_t>{{"sent", people - 1}, {"skipped", 1}});
    REQUIRE(server.mails().size() == 2 * people - 1);
}

TEST_CASE("a real Postfix: kept, refused at once, and bounced back through its pipe") {
    if (const std::string why = Postfix::missing(); !why.empty()) {
        WARN("not tested: " << why);
        return;
    }
    World world(dialects().back(), mail_setup());
    Folder folder;
    const auto told = folder.path() / "address";
    Postfix postfix(folder.path() / "postfix",
                    "exec curl -sS --fail -m 30 --data-binary @- -H 'Content-Type: message/rfc822' \"$(cat " +
                        told.string() + ")\" || exit 75");
    const Json made = connect_mail(world, postfix.port());
    const std::string connection = made.at("id");
    std::string address = made.at("webhook_url");
    address =
        "http://127.0.0.1:" + std::to_string(world.api().port()) + address.substr(address.find("/webhooks/"));
    std::ofstream(told) << address;

    const auto send = [&](const std::string& to) {
        return world.api()
            .post("/v1/messages",
                  Json{{"connection", connection},
                       {"channel", "email"},
                       {"to", to},
                       {"category", "transactional"},
                       {"content",
                        Json{{"kind", "text"}, {"text", "Hello नमस्ते"}, {"email", Json{{"subject", "Hi"}}}}}},
                  202)
            .at("id")
            .text();
    };
    const auto state = [&](const std::string& id) { return world.api().get("/v1/messages/" + id); };
    const auto wait_for = [&](const std::string& id, const std::string& wanted) {
        wait_until(
            wanted, 40s, [&] { return state(id).at("state").text() == wanted; },
            [&] { return state(id).dump() + postfix.log(); });
    };
    const std::string kept = send("asha@ok.example"), gone = send("asha@gone.example"),
                      bounced = send("asha@bounce.example");
    wait_for(kept, "sent");
    wait_for(gone, "failed");
    REQUIRE(state(gone).at("error").at("class").text() == "policy");  // 554 5.7.1 Access denied
    wait_until(
        "the mailbox", 20s, [&] { return postfix.kept() == 1; }, [&] { return postfix.log(); });
    wait_for(bounced, "failed");
    REQUIRE(state(bounced).at("error").at("class").text() == "recipient");
    REQUIRE(state(bounced).at("error").at("code").text() == "5.2.2");
}
