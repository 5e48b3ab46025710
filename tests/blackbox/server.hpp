// One process of the real server: its settings, its log, its ends. When the test has failed, the last lines
// of its log are printed.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "process.hpp"

namespace blackbox {

using Settings = std::map<std::string, std::string>;

class Server {
public:
    // name: of its files in `folder`, its data folder among them.
    Server(const std::filesystem::path& folder, const std::string& name, Settings settings);
    ~Server();
    Server(const Server&) = delete;
    Server& operator=(const Server&) = delete;

    void start();  // until it serves
    void kill();   // kill -9
    int stop();    // SIGTERM; the exit code
    void signal(int number) { process_->signal(number); }
    bool running() { return process_ && process_->running(); }
    // Of a start that is to fail: the exit code.
    int refused_start();

    // `dakiya` with its settings and these words.
    std::vector<std::string> command(std::initializer_list<std::string> words) const;
    // Runs it. run(): its first line, which must be its success; run_to_end(): all that it printed.
    std::string run(std::initializer_list<std::string> words) const;
    struct Ended {
        int code = 0;
        std::string text;
    };
    Ended run_to_end(std::initializer_list<std::string> words) const;

    int port() const { return port_; }
    const std::filesystem::path& data() const { return data_; }
    std::string log() const;
    // Its name as an owner of leases.
    std::string node() const;

private:
    const std::filesystem::path folder_, data_, ini_, log_;
    const int port_;
    std::unique_ptr<Process> process_;
};

}  // namespace blackbox
