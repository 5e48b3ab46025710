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
