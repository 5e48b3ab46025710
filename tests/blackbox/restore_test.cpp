// A backup that is put back believes that what was sent since is still to be sent (docs/operate.md,
// "Backup").
#include "customers.hpp"
#include "funnel.hpp"

using namespace blackbox;
using namespace std::chrono_literals;

namespace {

constexpr int people = 600;

// As docs/operate.md says; the server must not run.
class Backup {
public:
    explicit Backup(World& world) : world_(world), file_(world.folder() / "backup") {
        if (db().dialect == Dialect::sqlite)
            std::filesystem::copy_file(db().path, file_);
        else
            shell("mariadb-dump " + login("--single-transaction") + " >" + file_.string());
    }

    void restore() const {
        if (db().dialect == Dialect::mysql) return shell("mariadb " + login("") + " <" + file_.string());
        for (const char* rest : {"-wal", "-shm"}) std::filesystem::remove(db().path + rest);
        std::filesystem::copy_file(file_, db().path, std::filesystem::copy_options::overwrite_existing);
    }

private:
    const dakiya::store::DbConfig& db() const { return world_.database().config(); }
    std::string login(const std::string& options) const {
        return "--no-defaults " + options + " --protocol=tcp --host=" + db().host +
               " --port=" + std::to_string(db().port) + " --user=" + db().user + " " + db().database;
    }
    void shell(const std::string& line) const {
        run({"/bin/sh", "-c", line + " && echo done"}, world_.folder() / "backup.log");
    }

    World& world_;
    std::filesystem::path file_;
};

}  // namespace

TEST_CASE("a restored backup begins no further step of a single message by itself") {
    Setup setup;
    setup.sim = Json{{"statuses", Json{{"delivered_percent", 0}}}};
    World world(GENERATE_REF(from_range(dialects())), setup);
    const std::string meta = world.connect("meta"), twilio = world.connect("twilio");
    world.sync_templates(meta);
    const Json then_by_sms = Json::array({Json{{"connection", twilio},
                                               {"channel", "sms"},
                                               {"content", Json{{"kind", "text"}, {"text", "Hello"}}},
                                               {"after_s", 3}}});
    const auto write_to = [&](const std::string& number) {
        Json content = order_update();
        content.set("variables", Json{{"1", "Asha"}, {"2", "4711"}});
        world.api().post(
            "/v1/messages",
            Json{{"connection", meta}, {"to", number}, {"content", content}, {"fallback", then_by_sms}}, 202);
    };
    const auto wait_for_sms = [&](std::size_t n) {
        wait_until("SMS number " + std::to_string(n), 30s,
                   [&] { return world.sim().accepted("twilio") >= n; });
    };
    write_to("+919812345678");
    wait_until("WhatsApp", 30s, [&] { return world.api().all("/v1/messages?state=sent").size() == 1; });
    REQUIRE(world.stop() == 0);
    REQUIRE(world.sim().accepted("twilio") == 0);
    const Backup backup(world);
    world.start();
    wait_for_sms(1);
    REQUIRE(world.stop() == 0);

    backup.restore();
    const auto findings = world.server().run_to_end({"doctor"});
    INFO(findings.text);
    REQUIRE(findings.text.find("1 further steps of single ones") != std::string::npos);
    REQUIRE(world.server().run_to_end({"restore", "accept"}).code == 0);
    world.start();
    write_to("+919812345679");  // its step is due after that of the first
    wait_for_sms(2);
    const auto sent = world.sim().ledger("twilio");
    REQUIRE(sent.size() == 2);
    REQUIRE(sent.back().at("to").scalar().find("919812345679") != std::string::npos);
    world.sim().require_no_complaints();
}

TEST_CASE("a restored backup sends nothing by itself; doctor explains, restore accept goes on") {
    World world(GENERATE_REF(from_range(dialects())));
    REQUIRE(world.import(make_customers(people).csv).at("created").integer() == people);
    const std::string meta = world.connect("meta");
    world.sync_templates(meta);
    const std::string id =
        world.send_campaign(meta, order_update(), Json{{"all", true}}, Json{{"per_second", 400}});
    wait_until("the campaign to get going", 30s, [&] { return world.sim().accepted("meta") >= 100; });
    REQUIRE(world.stop() == 0);
    const Backup backup(world);
    REQUIRE(world.sim().accepted("meta") < people);
    REQUIRE(world.server().run_to_end({"doctor"}).code == 0);
    REQUIRE(world.server().run_to_end({"restore", "accept"}).code != 0);  // nothing to accept

    world.start();
    world.wait_completed(id, 60s);
    world.sim().wait_for_webhooks(30s);
    REQUIRE(world.sim().accepted("meta") == people);
    REQUIRE(world.stop() == 0);
    backup.restore();

    REQUIRE(world.server().refused_start() == 1);
    REQUIRE(world.log().find("it was restored from a backup") != std::string::npos);
    const auto findings = world.server().run_to_end({"doctor"});
    INFO(findings.text);
    REQUIRE(findings.code == 1);
    REQUIRE(findings.text.find("WRONG the database is older than what this server has seen") !=
            std::string::npos);
    REQUIRE(findings.text.find("in that backup 1 campaigns send") != std::string::npos);

    const auto accepted = world.server().run_to_end({"restore", "accept"});
    INFO(accepted.text);
    REQUIRE(accepted.code == 0);
    REQUIRE(accepted.text.find("1 campaigns are paused") != std::string::npos);
    world.start();
    const Json seen = world.api().get("/v1/campaigns/" + id);
    REQUIRE(seen.at("state").text() == "paused");
    REQUIRE(seen.at("state_text").text().find("restored from a backup") != std::string::npos);

    // A person decides. In the backup, nobody knows of those who were sent to since.
    world.api().post("/v1/campaigns/" + id + "/cancel");
    wait_until("the campaign to be closed", 30s,
               [&] { return world.api().get("/v1/campaigns/" + id).at("finished_at").integer() != 0; });
    REQUIRE(world.sim().accepted("meta") == people);
    world.sim().require_no_complaints();
    REQUIRE(world.stop() == 0);
    REQUIRE(world.server().run_to_end({"doctor"}).code == 0);
}
