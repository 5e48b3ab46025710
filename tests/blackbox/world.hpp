// The whole scene of a test: a database, the simulator, the server, a tenant with an API key. All of it is
// gone at the end; when the test has failed, the server's last log lines are printed before that.
#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "accounts.hpp"
#include "client.hpp"
#include "process.hpp"
#include "server.hpp"
#include "unit/store/databases.hpp"

namespace blackbox {

using dakiya::store::Dialect;
using dakiya::store::dialects;

// Asks `done` until it says yes; fails the test after `limit`, naming what it waited for and what it saw.
void wait_until(const std::string& what, std::chrono::seconds limit, const std::function<bool()>& done,
                const std::function<std::string()>& seen = {});

// A folder for one test, removed at its end.
class Folder {
public:
    Folder();
    ~Folder();
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;
    const std::filesystem::path& path() const { return path_; }

private:
    std::filesystem::path path_;
};

// tests/sim, with a document of settings laid over its defaults.
class Sim {
public:
    Sim(const std::filesystem::path& folder, const Json& settings);

    int port(const std::string& provider) const { return static_cast<int>(ports_.at(provider).integer()); }
    const Client& control() const { return control_; }
    void configure(const Json& changes) { control_.post("/config", changes); }

    std::vector<Json> ledger(const std::string& provider) const;
    std::vector<Json> statuses(const std::string& provider) const;
    Json summary(const std::string& provider) const;
    std::size_t accepted(const std::string& provider) const;
    // Nothing is on its way any more: every webhook was acknowledged or given up.
    void wait_for_webhooks(std::chrono::seconds limit) const;
    // No request that a correct client never sends, nobody twice.
    void require_no_complaints() const;

private:
    Process process_;
    Json ports_;
    Client control_;
};

struct Setup {
    Json sim = Json::object();  // over the simulator's defaults
    Settings settings;          // over the server's
};

class World {
public:
    explicit World(Dialect dialect, const Setup& setup = {});

    Sim& sim() { return *sim_; }

    Server& server() { return *server_; }
    void start() { server_->start(); }
    void kill() { server_->kill(); }
    int stop() { return server_->stop(); }
    bool alive() { return server_->running(); }
    // Another server over the same database, with the same key. Not started.
    std::unique_ptr<Server> neighbour(const std::string& name = "neighbour") const;

    // As the first tenant's all-mighty key, or with another one.
    const Client& api() const { return api_; }
    Client api_as(const std::string& key) const { return Client(server_->port(), key); }
    Client api_at(const Server& server) const { return Client(server.port(), key_); }
    std::string create_tenant(const std::string& name);
    std::string create_key(const std::string& tenant, const std::string& permissions);
    const std::string& tenant() const { return tenant_; }

    // A connection that works against the simulator; its webhook address is told to the simulator.
    std::string connect(const std::string& provider);
    void sync_templates(const std::string& connection);
    // Imports `csv` and waits for its end; the answer of GET /v1/imports/{id}.
    Json import(const std::string& csv, const std::string& tags = "");
    // Makes a draft for `audience` and sends it. Returns its id.
    std::string send_campaign(const std::string& connection, const Json& content, const Json& audience,
                              const Json& more = Json::object());
    std::string campaign_state(const std::string& campaign) const;
    // Recipients by state, without the states that nobody is in.
    std::map<std::string, std::int64_t> states(const std::string& campaign) const;
    void wait_completed(const std::string& campaign, std::chrono::seconds limit);

    std::string log() const { return server_->log(); }
    dakiya::store::TestDatabase& database() { return database_; }
    const std::filesystem::path& folder() const { return folder_.path(); }

private:
    Settings settings_of(const Settings& more) const;

    Folder folder_;
    dakiya::store::TestDatabase database_;
    std::string public_url_ = "https://dakiya.example.test";
    std::unique_ptr<Sim> sim_;
    Settings settings_;
    std::unique_ptr<Server> server_;  // ends before its database is dropped
    std::string tenant_, key_;
    Client api_;
};

}  // namespace blackbox
