// A child process of a test: started, watched, ended. It never outlives the test.
#pragma once

#include <chrono>
#include <filesystem>
#include <string>
#include <vector>

#include <sys/types.h>

namespace blackbox {

class Process {
public:
    // Starts argv[0]. What it prints can be read with first_line(); its stderr is appended to `log`.
    Process(const std::vector<std::string>& argv, const std::filesystem::path& log);
    ~Process();  // SIGKILL when it still runs
    Process(const Process&) = delete;
    Process& operator=(const Process&) = delete;

    // The first line of its stdout. Throws when it ends before, or takes longer.
    std::string first_line(std::chrono::milliseconds limit);

    void signal(int number);
    // The exit code; 128 + the signal that ended it. Throws when it takes longer.
    int wait(std::chrono::milliseconds limit);
    bool running();

private:
    bool reap(bool block);

    pid_t pid_ = -1;
    int out_ = -1;
    int status_ = -1;  // of waitpid, once it has ended
};

// Runs a command to its end and returns its stdout without the last line break. Throws when it fails.
std::string run(const std::vector<std::string>& argv, const std::filesystem::path& log);

}  // namespace blackbox
