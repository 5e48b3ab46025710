// One trial's scene: servers on one database, and a simulator, with proxies between them. The database
// server and the simulator live as long as the run; everything else is a trial's own.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "blackbox/accounts.hpp"
#include "blackbox/client.hpp"
#include "blackbox/process.hpp"
#include "database.hpp"
#include "faults.hpp"
#include "judge.hpp"
#include "proxy.hpp"

namespace chaos {

using dakiya::Json;

// tests/sim, for a whole run.
class Sim {
public:
    explicit Sim(const std::filesystem::path& folder);

    int port(const std::string& provider) const { return static_cast<int>(ports_.at(provider).integer()); }
    const blackbox::Client& control() const { return control_; }
    // No webhook is on its way.
    bool quiet() const;
    std::vector<Accepted> accepted(const std::string& provider) const;

private:
    blackbox::Process process_;
    Json ports_;
    blackbox::Client control_;
};

// A small file system of our own, for a disk that can be full. Needs root.
class SmallDisk {
public:
    // Nothing where it may not be mounted.
    static std::unique_ptr<SmallDisk> mount(const std::filesystem::path& folder);
    ~SmallDisk();
    SmallDisk(const SmallDisk&) = delete;
    SmallDisk& operator=(const SmallDisk&) = delete;

    const std::filesystem::path& path() const { return path_; }
    void fill();
    void free();

private:
    explicit SmallDisk(std::filesystem::path path) : path_(std::move(path)) {}
    std::filesystem::path path_;
};

// One server process, its settings, and the proxies on its ways out.
class Server {
public:
    struct Place {
        std::filesystem::path folder;  // of the trial
        int number = 1;
        std::map<std::string, std::string> settings;
        int database_port = 0;  // 0: no proxy there
        int provider_port = 0;
        std::string provider;
        const Sim* sim = nullptr;
    };
    explicit Server(const Place& place);

    std::vector<std::string> command(std::initializer_list<std::string> words) const;
    void start();       // the process
    void wait_ready();  // until it serves
    void kill();
    void signal(int number) { process_->signal(number); }
    bool running() const { return process_ && process_->running(); }
    void jump(Millis by);  // its wall clock

    int port() const { return port_; }
    const std::filesystem::path& log() const { return log_; }
    Proxy* database() { return database_ ? &*database_ : nullptr; }
    Proxy& provider() { return *provider_; }

private:
    int port_ = blackbox::free_port();
    std::filesystem::path ini_, log_, clock_;
    std::optional<Proxy> database_, provider_;
    std::unique_ptr<blackbox::Process> process_;
    Millis jumped_{0};
};

class Scene {
public:
    // The servers run, a connection works, its people are imported.
    Scene(const Plan& plan, const std::filesystem::path& folder, MariaDb* mariadb, const Sim& sim,
          Millis lease);
    ~Scene();
    Scene(const Scene&) = delete;
    Scene& operator=(const Scene&) = delete;

    std::vector<std::unique_ptr<Server>>& servers() { return servers_; }
    SmallDisk* disk() { return disk_.get(); }
    MariaDb* mariadb() { return mariadb_; }
    const Sim& sim() const { return sim_; }
    // Any server that lives, as the tenant.
    const blackbox::Client& api() const { return api_; }

    std::string send_campaign();
    Json single(int number) const;  // the body of POST /v1/messages

    // Whether the servers have a message to this number.
    bool known(const std::string& number) const;

    // Past the servers, right from the database.
    std::vector<Fate> fates();
    std::set<std::int64_t> singles();
    // What finds something that is open, waiting or to be worked off; empty when there is nothing.
    std::string still_open();

private:
    std::map<std::string, std::string> settings(Millis lease) const;
    void connect();
    void import();
    dakiya::store::Session& session();
    template <class Work>
    auto look(Work work);

    const Plan plan_;
    MariaDb* mariadb_;
    const Sim& sim_;
    const std::filesystem::path folder_;
    const std::string database_;
    std::unique_ptr<SmallDisk> disk_;
    std::vector<std::unique_ptr<Server>> servers_;
    std::optional<Proxy> front_;  // to any server that lives
    blackbox::Client api_{0};
    std::string connection_;
    std::unique_ptr<dakiya::store::Session> session_;
};

}  // namespace chaos
