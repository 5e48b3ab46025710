#include "server.hpp"

#include <chrono>
#include <csignal>
#include <exception>
#include <fstream>
#include <iostream>

#include <catch2/catch.hpp>

#include "accounts.hpp"
#include "dakiya/json.hpp"

namespace blackbox {

namespace {

using namespace std::chrono_literals;
namespace fs = std::filesystem;

constexpr auto start_limit = 60s;
constexpr std::size_t tail_bytes = 6'000;

std::string read_file(const fs::path& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace

Server::Server(const fs::path& folder, const std::string& name, Settings settings)
    : folder_(folder),
      data_(folder / (name + "-data")),
      ini_(folder / (name + ".ini")),
      log_(folder / (name + ".log")),
      port_(free_port()) {
    settings["data.folder"] = data_.string();
    settings["server.port"] = std::to_string(port_);
    std::ofstream file(ini_, std::ios::binary);
    for (const auto& [key, value] : settings) file << key << " = " << value << '\n';
}

Server::~Server() {
    if (std::uncaught_exceptions() == 0 && Catch::getResultCapture().lastAssertionPassed()) return;
    const std::string text = log();
    std::cerr << "---- the end of " << log_.filename().string() << '\n'
              << text.substr(text.size() - std::min(text.size(), tail_bytes)) << "----\n";
}

std::vector<std::string> Server::command(std::initializer_list<std::string> words) const {
    std::vector<std::string> argv{DAKIYA_BINARY, "--config", ini_.string()};
    argv.insert(argv.end(), words);
    return argv;
}

std::string Server::run(std::initializer_list<std::string> words) const {
    return blackbox::run(command(words), log_);
}

Server::Ended Server::run_to_end(std::initializer_list<std::string> words) const {
    const fs::path out = folder_ / "out";
    std::vector<std::string> argv{"/bin/sh", "-c", "exec \"$@\" >\"$0\" 2>&1", out.string()};
    const auto wanted = command(words);
    argv.insert(argv.end(), wanted.begin(), wanted.end());
    Process process(argv, log_);
    const int code = process.wait(start_limit);
    return {code, read_file(out)};
}

void Server::start() {
    process_ = std::make_unique<Process>(command({"serve"}), log_);
    const dakiya::Json line = dakiya::Json::parse(process_->first_line(start_limit));
    REQUIRE(line.at("port").integer() == port_);
}

int Server::refused_start() {
    process_ = std::make_unique<Process>(command({"serve"}), log_);
    return process_->wait(start_limit);
}

void Server::kill() {
    process_->signal(SIGKILL);
    REQUIRE(process_->wait(10s) == 128 + SIGKILL);
}

int Server::stop() {
    process_->signal(SIGTERM);
    return process_->wait(30s);
}

std::string Server::log() const { return read_file(log_); }

// "… serves http://127.0.0.1:8080 as node-…", of the last start.
std::string Server::node() const {
    const std::string text = log();
    const auto line = text.rfind(" serves http://");
    REQUIRE(line != std::string::npos);
    const auto name = text.find(" as ", line) + 4;
    return text.substr(name, text.find('\n', name) - name);
}

}  // namespace blackbox
