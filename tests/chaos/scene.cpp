#include "scene.hpp"

#include <csignal>
#include <fstream>
#include <thread>

#include <fcntl.h>
#include <sys/mount.h>
#include <unistd.h>

#include "blackbox/customers.hpp"

namespace chaos {

namespace {

using namespace std::chrono_literals;
namespace fs = std::filesystem;
using dakiya::store::Row;
using dakiya::store::Session;

constexpr auto start_limit = 60s;
constexpr const char* public_url = "https://dakiya.example.test";

fs::path write_file(const fs::path& path, const std::string& text) {
    std::ofstream(path, std::ios::binary) << text;
    return path;
}

std::string digits(const std::string& address) {
    std::string out;
    for (const char c : address)
        if (c >= '0' && c <= '9') out += c;
    return out;
}

// Providers repeat a webhook that was not taken; here they do it quickly, so that a trial is short. A
// real Twilio and MSG91 give up at once: they do so here too.
Json sim_settings() {
    Json settings = blackbox::accounts_in_sim();
    settings.set("latency_ms", Json{{"min", 2}, {"max", 40}});
    settings.set("statuses", Json{{"read_percent", 30}, {"failed_percent", 3}});
    settings.set("webhooks",
                 Json{{"retry_ms", 200}, {"timeout_ms", 2'000}, {"retries", Json{{"meta", 100}}}});
    return settings;
}

void until(const std::string& what, std::chrono::seconds limit, const std::function<bool()>& done) {
    const auto end = std::chrono::steady_clock::now() + limit;
    while (!done()) {
        if (std::chrono::steady_clock::now() >= end) throw std::runtime_error("still waiting for " + what);
        std::this_thread::sleep_for(5ms);
    }
}

}  // namespace

// ---- the simulator

Sim::Sim(const fs::path& folder)
    : process_({SIM_BINARY, "--config", write_file(folder / "sim.json", sim_settings().dump())},
               folder / "sim.log"),
      ports_(Json::parse(process_.first_line(start_limit))),
      control_(port("control")) {}

bool Sim::quiet() const {
    const Json state = control_.get("/webhooks");
    return state.value("due_later", 0) + state.value("waiting", 0) + state.value("retrying", 0) == 0;
}

std::vector<Accepted> Sim::accepted(const std::string& provider) const {
    std::vector<Accepted> accepted;
    for (const Json& entry :
         blackbox::lines(control_.ask("GET", "/ledger/statuses?provider=" + provider).body))
        accepted.push_back({digits(entry.at("to").scalar()), entry.at("final").text() == "failed"});
    return accepted;
}

// ---- the disk

std::unique_ptr<SmallDisk> SmallDisk::mount(const fs::path& folder) {
    fs::create_directories(folder);
    if (::mount("tmpfs", folder.c_str(), "tmpfs", 0, "size=12m,mode=0700") != 0) return nullptr;
    return std::unique_ptr<SmallDisk>(new SmallDisk(folder));
}

SmallDisk::~SmallDisk() { ::umount2(path_.c_str(), MNT_DETACH); }

void SmallDisk::fill() {
    const int file = ::open((path_ / "filler").c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    const std::string block(4'096, '.');
    while (::write(file, block.data(), block.size()) > 0) {
    }
    ::close(file);
}

void SmallDisk::free() { fs::remove(path_ / "filler"); }

// ---- one server

Server::Server(const Place& place) {
    const std::string name = "server" + std::to_string(place.number);
    log_ = place.folder / (name + ".log");
    clock_ = write_file(place.folder / (name + ".clock"), std::string(sizeof(std::int64_t), '\0'));
    provider_.emplace(std::vector<int>{place.provider_port});
    auto settings = place.settings;
    settings.merge(blackbox::simulator_settings([&](const std::string& provider) {
        return provider == place.provider ? provider_->port() : place.sim->port(provider);
    }));
    settings["data.folder"] = (place.folder / name).string();
    settings["server.port"] = std::to_string(port_);
    if (place.database_port != 0) {
        database_.emplace(std::vector<int>{place.database_port});
        settings["store.port"] = std::to_string(database_->port());
    }
    std::string text;
    for (const auto& [key, value] : settings) text += key + " = " + value + "\n";
    ini_ = write_file(place.folder / (name + ".ini"), text);
}

std::vector<std::string> Server::command(std::initializer_list<std::string> words) const {
    std::vector<std::string> argv{"/usr/bin/env",
                                  "LD_PRELOAD=" CLOCK_LIBRARY,
                                  "CHAOS_CLOCK=" + clock_.string(),
                                  DAKIYA_BINARY,
                                  "--config",
                                  ini_.string()};
    argv.insert(argv.end(), words);
    return argv;
}

void Server::start() { process_ = std::make_unique<blackbox::Process>(command({"serve"}), log_); }

void Server::wait_ready() { process_->first_line(start_limit); }

void Server::kill() {
    process_->signal(SIGKILL);
    process_->wait(10s);
}

void Server::jump(Millis by) {
    jumped_ += by;
    const std::int64_t ns = std::chrono::nanoseconds(jumped_).count();
    std::fstream file(clock_, std::ios::binary | std::ios::in | std::ios::out);
    file.write(reinterpret_cast<const char*>(&ns), sizeof ns);
}

// ---- the scene

Scene::Scene(const Plan& plan, const fs::path& folder, MariaDb* mariadb, const Sim& sim, Millis lease)
    : plan_(plan),
      mariadb_(plan.sqlite ? nullptr : mariadb),
      sim_(sim),
      folder_(folder),
      database_("chaos_" + std::to_string(plan.seed)) {
    if (plan.sqlite) {
        disk_ = SmallDisk::mount(folder_ / "disk");
        if (!disk_) throw std::runtime_error("a small disk cannot be mounted here");
    } else {
        mariadb_->drop(database_);
        mariadb_->create(database_);
    }
    sim_.control().post("/reset");
    std::vector<int> ports;
    for (int n = 1; n <= plan_.servers; ++n) {
        Server::Place place{folder_, n, settings(lease), 0, sim_.port(plan_.provider), plan_.provider, &sim_};
        if (mariadb_) place.database_port = mariadb_->config("").port;
        servers_.push_back(std::make_unique<Server>(place));
        ports.push_back(servers_.back()->port());
    }
    Server& first = *servers_.front();
    const std::string tenant =
        blackbox::run(first.command({"tenant", "create", "--name", "Acme", "--country", "IN"}), first.log());
    const std::string key = blackbox::run(first.command({"key", "create", "--tenant", tenant, "--name",
                                                         "chaos", "--permissions", "read send manage admin"}),
                                          first.log());
    for (const auto& server : servers_) server->start();
    for (const auto& server : servers_) server->wait_ready();
    front_.emplace(std::move(ports));
    api_ = blackbox::Client(front_->port(), key);
    connect();
    import();
}

Scene::~Scene() {
    servers_.clear();
    session_.reset();
    if (mariadb_) try {
            mariadb_->drop(database_);
        } catch (const std::exception&) {
            // It is down after a trial that failed; the next one has another name.
        }
}

std::map<std::string, std::string> Scene::settings(Millis lease) const {
    std::map<std::string, std::string> settings = {
        {"server.public_url", public_url},
        {"plugins.path", PLUGIN_FOLDER},
        {"security.master_key_file", (folder_ / "master.key").string()},
        {"send.lease_ms", std::to_string(lease.count())},
        {"log.level", "info"},
    };
    if (plan_.sqlite) {
        settings["store.path"] = (disk_->path() / "dakiya.db").string();
        return settings;
    }
    settings["store.kind"] = "mysql";
    settings["store.host"] = "127.0.0.1";
    settings["store.user"] = MariaDb::account;
    settings["store.database"] = database_;
    return settings;
}

void Scene::connect() {
    const Json made = api_.post(
        "/v1/connections",
        Json{{"provider", plan_.provider}, {"settings", blackbox::settings_for(plan_.provider)}}, 201);
    connection_ = made.at("id").text();
    Json changes = blackbox::webhook_setting(plan_.provider, made.at("webhook_url"));
    Json origins = Json::object();
    origins.set(public_url, "http://127.0.0.1:" + std::to_string(front_->port()));
    changes.set("webhooks", Json{{"origins", origins}});
    sim_.control().post("/config", changes);
    if (plan_.provider == "twilio") return;  // no templates there
    api_.post("/v1/connections/" + connection_ + "/sync-templates", Json::object(), 202);
    until("the templates", 30s, [&] {
        const Json sync = api_.get("/v1/connections/" + connection_)["template_sync"];
        return sync.is_object() && sync.value("state", "") != "running";
    });
}

void Scene::import() {
    const std::string csv = blackbox::make_customers(plan_.people).csv;
    // An upload lies on the disk of the server that took it.
    const blackbox::Answer taken = api_.ask("POST", "/v1/imports", csv, {{"Content-Type", "text/csv"}});
    if (taken.status != 202) throw std::runtime_error("the import was refused: " + taken.body);
    const std::string path = "/v1/imports/" + taken.json().at("id").text();
    until("the import", 60s, [&] { return api_.get(path).at("state").text() == "done"; });
}

std::string Scene::send_campaign() {
    Json content = blackbox::order_update(plan_.provider == "msg91" ? "en" : "en_US");
    std::string channel = "whatsapp";
    if (plan_.provider == "twilio") {
        content = Json{{"kind", "text"}, {"text", "Hi {{name|there}}, your order {{order}} is on its way."}};
        channel = "sms";
    }
    const Json draft{{"name", "Chaos"},
                     {"connection", connection_},
                     {"content", content},
                     {"channel", channel},
                     {"audience", Json{{"all", true}}},
                     {"per_second", plan_.per_second},
                     {"category", "transactional"}};  // at any hour
    const std::string id = api_.post("/v1/campaigns", draft, 201).at("id");
    api_.post("/v1/campaigns/" + id + "/send");
    return id;
}

Json Scene::single(int number) const {
    Json content{{"kind", "text"}, {"text", "Your code is on its way."}};
    if (plan_.provider != "twilio") {
        content = blackbox::order_update(plan_.provider == "msg91" ? "en" : "en_US");
        content.set("variables", Json{{"1", "Asha"}, {"2", "7"}});
    }
    return Json{{"connection", connection_},
                {"channel", plan_.provider == "twilio" ? "sms" : "whatsapp"},
                {"to", "+91982" + std::to_string(1'000'000 + number)},
                {"content", content}};
}

bool Scene::known(const std::string& number) const {
    const std::string plus = "%2B" + number.substr(1);
    return !api_.get("/v1/messages?address=" + plus).at("items").empty();
}

Session& Scene::session() {
    if (session_) return *session_;
    dakiya::store::DbConfig config;
    if (mariadb_)
        config = mariadb_->config(database_);
    else
        config.path = (disk_->path() / "dakiya.db").string();
    session_ = dakiya::store::Database(config).connect();
    return *session_;
}

// A session that was lost with the database is opened anew the next time.
template <class Work>
auto Scene::look(Work work) {
    try {
        return work(session());
    } catch (...) {
        session_.reset();
        throw;
    }
}

std::vector<Fate> Scene::fates() {
    return look([](Session& session) {
        std::vector<Fate> fates;
        for (const Row& row : session.query(
                 "SELECT m.id, m.address, COALESCE(o.state, m.state), COALESCE(o.code, '') FROM messages m "
                 "LEFT JOIN outcomes o ON o.message_id = m.id"))
            fates.push_back(
                {row.integer(0), digits(row.text(1)), static_cast<State>(row.integer(2)), row.text(3)});
        return fates;
    });
}

std::set<std::int64_t> Scene::singles() {
    return look([](Session& session) {
        std::set<std::int64_t> ids;
        for (const Row& row : session.query("SELECT id FROM messages WHERE campaign_id = 0"))
            ids.insert(row.integer(0));
        return ids;
    });
}

std::string Scene::still_open() {
    return look([this](Session& session) {
        // 4: completed
        std::vector<std::string> open{"SELECT id FROM campaigns WHERE state <> 4 LIMIT 1",
                                      "SELECT no FROM campaign_chunks WHERE done = 0 LIMIT 1",
                                      "SELECT message_id FROM queue LIMIT 1",
                                      "SELECT id FROM webhooks WHERE state = 'new' LIMIT 1"};
        // MSG91 has one id for a batch: when its answer was lost, its events name nobody that we know. They
        // wait for days, and the messages stay uncertain (plugins/msg91/README.md).
        if (plan_.provider != "msg91") open.emplace_back("SELECT id FROM pending_events LIMIT 1");
        for (const std::string& sql : open)
            if (!session.query(sql).empty()) return sql;
        return std::string();
    });
}

}  // namespace chaos
