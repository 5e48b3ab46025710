#include "process.hpp"

#include <cerrno>
#include <csignal>
#include <cstring>
#include <stdexcept>
#include <thread>

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

extern char** environ;

namespace blackbox {

namespace {

using Clock = std::chrono::steady_clock;

[[noreturn]] void fail(const std::string& what, int error) {
    throw std::runtime_error(what + ": " + std::strerror(error));
}

}  // namespace

Process::Process(const std::vector<std::string>& argv, const std::filesystem::path& log) {
    int pipe[2];
    if (::pipe2(pipe, O_CLOEXEC) != 0) fail("pipe", errno);
    out_ = pipe[0];
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, pipe[1], STDOUT_FILENO);
    posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, log.c_str(), O_WRONLY | O_CREAT | O_APPEND,
                                     0600);
    // Boost opens sockets without close-on-exec. One that a child has too is not reset when it is closed
    // here.
    posix_spawn_file_actions_addclosefrom_np(&actions, STDERR_FILENO + 1);
    std::vector<char*> words;
    for (const std::string& word : argv) words.push_back(const_cast<char*>(word.c_str()));
    words.push_back(nullptr);
    const int error = ::posix_spawn(&pid_, words[0], &actions, nullptr, words.data(), environ);
    posix_spawn_file_actions_destroy(&actions);
    ::close(pipe[1]);
    if (error != 0) {
        ::close(out_);
        fail("cannot start " + argv[0], error);
    }
}

Process::~Process() {
    if (running()) {
        ::kill(pid_, SIGKILL);
        reap(true);
    }
    ::close(out_);
}

std::string Process::first_line(std::chrono::milliseconds limit) {
    const auto until = Clock::now() + limit;
    std::string line;
    for (char c = 0;;) {
        const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(until - Clock::now()).count();
        pollfd ready{out_, POLLIN, 0};
        if (left <= 0 || ::poll(&ready, 1, static_cast<int>(left)) == 0)
            throw std::runtime_error("the process printed no line in time");
        const ssize_t got = ::read(out_, &c, 1);
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) throw std::runtime_error("the process ended before it printed a line");
        if (c == '\n') return line;
        line += c;
    }
}

void Process::signal(int number) {
    if (::kill(pid_, number) != 0) fail("kill", errno);
}

int Process::wait(std::chrono::milliseconds limit) {
    const auto until = Clock::now() + limit;
    while (!reap(false)) {
        if (Clock::now() >= until) throw std::runtime_error("the process did not end in time");
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    return WIFEXITED(status_) ? WEXITSTATUS(status_) : 128 + WTERMSIG(status_);
}

bool Process::running() { return !reap(false); }

bool Process::reap(bool block) {
    if (status_ != -1) return true;
    int status = 0;
    const pid_t ended = ::waitpid(pid_, &status, block ? 0 : WNOHANG);
    if (ended < 0) fail("waitpid", errno);
    if (ended == 0) return false;
    status_ = status;
    return true;
}

std::string run(const std::vector<std::string>& argv, const std::filesystem::path& log) {
    Process process(argv, log);
    std::string line = process.first_line(std::chrono::seconds(60));
    if (const int code = process.wait(std::chrono::seconds(60)); code != 0)
        throw std::runtime_error(argv[0] + " ended with code " + std::to_string(code));
    return line;
}

}  // namespace blackbox
