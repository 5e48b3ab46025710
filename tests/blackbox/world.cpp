#include "world.hpp"

#include <fstream>
#include <thread>

#include <Poco/URI.h>

namespace blackbox {

namespace {

using namespace std::chrono_literals;
namespace fs = std::filesystem;

constexpr auto look_every = 20ms;
constexpr auto start_limit = 60s;

fs::path write_file(const fs::path& path, const std::string& text) {
    std::ofstream(path, std::ios::binary) << text;
    return path;
}

Json ports_of(Process& sim) { return Json::parse(sim.first_line(start_limit)); }

}  // namespace

void wait_until(const std::string& what, std::chrono::seconds limit, const std::function<bool()>& done,
                const std::function<std::string()>& seen) {
    const auto until = std::chrono::steady_clock::now() + limit;
    while (!done()) {
        if (std::chrono::steady_clock::now() >= until)
            FAIL("still waiting after " << limit.count() << " s: " << what << (seen ? ": " + seen() : ""));
        std::this_thread::sleep_for(look_every);
    }
}

Folder::Folder() : path_(fs::temp_directory_path() / ("dakiya-" + dakiya::random_token().substr(0, 16))) {
    fs::create_directories(path_);
}

Folder::~Folder() {
    std::error_code ignored;  // a leftover in the temp folder is no reason to end the tests
    fs::remove_all(path_, ignored);
}

// ---- the simulator

Sim::Sim(const fs::path& folder, const Json& settings)
    : process_({SIM_BINARY, "--config", write_file(folder / "sim.json", accounts_in_sim().dump())},
               folder / "sim.log"),
      ports_(ports_of(process_)),
      control_(port("control")) {
    configure(settings);
}

std::vector<Json> Sim::ledger(const std::string& provider) const {
    return lines(control_.ask("GET", "/ledger?provider=" + provider).body);
}

std::vector<Json> Sim::statuses(const std::string& provider) const {
    return lines(control_.ask("GET", "/ledger/statuses?provider=" + provider).body);
}

Json Sim::summary(const std::string& provider) const { return control_.get("/ledger/summary").at(provider); }

std::size_t Sim::accepted(const std::string& provider) const {
    return static_cast<std::size_t>(summary(provider).at("accepted").integer());
}

void Sim::wait_for_webhooks(std::chrono::seconds limit) const {
    wait_until("the simulator's webhooks", limit, [&] {
        const Json state = control_.get("/webhooks");
        return state.value("due_later", 0) + state.value("waiting", 0) + state.value("retrying", 0) == 0;
    });
}

void Sim::require_no_complaints() const {
    const Json violations = control_.get("/violations");
    INFO(violations.dump().substr(0, 2'000));
    REQUIRE(violations.at("count").integer() == 0);
    for (const auto& [provider, summary] : control_.get("/ledger/summary").members()) {
        INFO(provider << ' ' << summary.dump());
        REQUIRE(summary.at("duplicates").integer() == 0);
    }
}

// ---- the world

World::World(Dialect dialect, const Setup& setup)
    : database_(dialect, dakiya::store::TestDatabase::Tables::none), api_(0) {
    sim_ = std::make_unique<Sim>(folder(), setup.sim);
    settings_ = settings_of(setup.settings);
    server_ = std::make_unique<Server>(folder(), "server", settings_);
    Json origins = Json::object();
    origins.set(public_url_, "http://127.0.0.1:" + std::to_string(server_->port()));
    sim_->configure(Json{{"webhooks", Json{{"origins", origins}}}});
    tenant_ = create_tenant("Acme");
    key_ = create_key(tenant_, "read send manage admin");
    api_ = api_as(key_);
    start();
}

Settings World::settings_of(const Settings& more) const {
    const dakiya::store::DbConfig& db = database_.config();
    Settings settings = {
        {"security.master_key_file", (folder() / "master.key").string()},
        {"server.public_url", public_url_},
        {"plugins.path", PLUGIN_FOLDER},
    };
    settings.merge(simulator_settings([this](const std::string& provider) { return sim_->port(provider); }));
    if (db.dialect == Dialect::mysql) {
        settings["store.kind"] = "mysql";
        settings["store.host"] = db.host;
        settings["store.port"] = std::to_string(db.port);
        settings["store.user"] = db.user;
        settings["store.database"] = db.database;
        if (!db.password.empty()) settings["store.password"] = db.password;
        if (!db.socket.empty()) settings["store.socket"] = db.socket;
    } else {
        settings["store.path"] = db.path;
    }
    for (const auto& [key, value] : more) settings[key] = value;
    return settings;
}

std::unique_ptr<Server> World::neighbour(const std::string& name) const {
    return std::make_unique<Server>(folder(), name, settings_);
}

std::string World::create_tenant(const std::string& name) {
    return server_->run({"tenant", "create", "--name", name, "--country", "IN"});
}

std::string World::create_key(const std::string& tenant, const std::string& permissions) {
    return server_->run(
        {"key", "create", "--tenant", tenant, "--name", "test", "--permissions", permissions});
}

std::string World::connect(const std::string& provider) {
    const Json made =
        api().post("/v1/connections",
                   Json{{"provider", provider_of(provider)}, {"settings", settings_for(provider)}}, 201);
    const std::string webhook = made.value("webhook_url", "");
    REQUIRE(webhook.starts_with(public_url_ + "/webhooks/" + provider_of(provider) + "/"));
    sim_->configure(webhook_setting(provider, webhook));
    return made.at("id");
}

void World::sync_templates(const std::string& connection) {
    api().post("/v1/connections/" + connection + "/sync-templates", Json::object(), 202);
    wait_until("the templates of " + connection, 30s, [&] {
        const Json sync = api().get("/v1/connections/" + connection)["template_sync"];
        if (!sync.is_object() || sync.value("state", "") == "running") return false;
        INFO(sync.dump());
        REQUIRE(sync.value("error", "").empty());
        return true;
    });
}

Json World::import(const std::string& csv, const std::string& tags) {
    const Answer taken = api().ask("POST", "/v1/imports" + (tags.empty() ? "" : "?tags=" + tags), csv,
                                   {{"Content-Type", "text/csv"}});
    INFO(taken.body);
    REQUIRE(taken.status == 202);
    const std::string path = "/v1/imports/" + taken.json().at("id").text();
    Json job;
    wait_until("the import", 60s, [&] {
        job = api().get(path);
        return job.at("state").text() == "done" || job.at("state").text() == "failed";
    });
    return job;
}

std::string World::send_campaign(const std::string& connection, const Json& content, const Json& audience,
                                 const Json& more) {
    Json draft{{"name", "Test"},
               {"category", "transactional"},
               {"connection", connection},
               {"content", content},
               {"audience", audience}};
    for (const auto& [field, value] : more.members()) draft.set(field, value);
    const std::string id = api().post("/v1/campaigns", draft, 201).at("id");
    api().post("/v1/campaigns/" + id + "/send");
    return id;
}

std::string World::campaign_state(const std::string& campaign) const {
    return api().get("/v1/campaigns/" + campaign).at("state");
}

std::map<std::string, std::int64_t> World::states(const std::string& campaign) const {
    std::map<std::string, std::int64_t> states;
    for (const auto& [state, n] : api().get("/v1/campaigns/" + campaign + "/stats").at("states").members())
        if (n.integer() != 0) states[state] = n.integer();
    return states;
}

void World::wait_completed(const std::string& campaign, std::chrono::seconds limit) {
    const std::string path = "/v1/campaigns/" + campaign;
    wait_until(
        "campaign " + campaign + " to complete", limit,
        [&] {
            const Json seen = api().get(path);
            INFO(seen.dump());
            REQUIRE((seen.at("state").text() == "sending" || seen.at("state").text() == "completed"));
            return seen.at("state").text() == "completed";
        },
        [&] { return api().get(path).dump() + api().get(path + "/stats").dump(); });
}

}  // namespace blackbox
