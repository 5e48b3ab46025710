#include "plugin/probe.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <system_error>

#include "base/log.hpp"
#include "plugin/crypto.hpp"
#include "plugin/library.hpp"
#include "plugin/text.hpp"

namespace dakiya::plugin {
namespace {

constexpr std::size_t max_answer = 2U << 20U;

[[noreturn]] void fail(const char* what) { throw std::system_error(errno, std::generic_category(), what); }

class Descriptor {
public:
    explicit Descriptor(int fd) : fd_(fd) {}
    ~Descriptor() { close(); }
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    int get() const { return fd_; }
    void close() {
        if (fd_ >= 0) ::close(fd_);
        fd_ = -1;
    }

private:
    int fd_;
};

// A running child; killed and reaped when nobody has waited for it.
class Child {
public:
    Child(const std::vector<std::string>& command, int standard_output) {
        std::vector<char*> argv;
        for (const std::string& word : command) argv.push_back(const_cast<char*>(word.c_str()));
        argv.push_back(nullptr);
        posix_spawn_file_actions_t actions;
        posix_spawn_file_actions_init(&actions);
        posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
        posix_spawn_file_actions_adddup2(&actions, standard_output, STDOUT_FILENO);
        const int error = posix_spawn(&pid_, argv.front(), &actions, nullptr, argv.data(), environ);
        posix_spawn_file_actions_destroy(&actions);
        if (error) throw std::system_error(error, std::generic_category(), "cannot start " + command.front());
    }
    ~Child() {
        if (!waited_) {
            kill();
            wait();
        }
    }
    Child(const Child&) = delete;
    Child& operator=(const Child&) = delete;

    void kill() const { ::kill(pid_, SIGKILL); }
    int wait() {
        int status = 0;
        while (waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
        }
        waited_ = true;
        return status;
    }

private:
    pid_t pid_ = 0;
    bool waited_ = false;
};

// Everything that comes out of the pipe until it is closed. Nothing when the time passed first.
std::optional<std::string> read_until_end(int fd, Millis limit) {
    const Steady deadline = std::chrono::steady_clock::now() + limit;
    std::string text;
    char block[4096];
    while (text.size() <= max_answer) {
        const auto left = std::chrono::duration_cast<Millis>(deadline - std::chrono::steady_clock::now());
        if (left <= Millis::zero()) return std::nullopt;
        pollfd ready{fd, POLLIN, 0};
        const int count = poll(&ready, 1, static_cast<int>(left.count()) + 1);
        if (count < 0 && errno != EINTR) fail("poll");
        if (count <= 0) continue;
        const ssize_t size = read(fd, block, sizeof block);
        if (size < 0 && errno != EINTR) fail("read");
        if (size == 0) return text;
        if (size > 0) text.append(block, static_cast<std::size_t>(size));
    }
    return text;
}

struct Verdict {
    Result<std::string> manifest;
    bool lasting = true;  // the same file gives the same again
};

Verdict refuse(std::string sentence, bool lasting = true) {
    return {Error{Code::invalid, std::move(sentence), {}}, lasting};
}

Verdict read_answer(const std::string& text, int status) {
    if (WIFSIGNALED(status))
        return refuse("it crashed while loading (signal " + std::to_string(WTERMSIG(status)) + ")");
    try {
        const Json answer = Json::parse(text);
        if (!answer.at("ok").boolean()) return refuse(printable(answer.at("reason").text(), 2'000), false);
        if (WEXITSTATUS(status) == 0) return {answer.at("manifest").text()};
    } catch (const JsonError&) {
        // No answer: the plugin ended the process before there was one.
    }
    return refuse("it ended the process while loading (exit code " + std::to_string(WEXITSTATUS(status)) +
                  ")");
}

Verdict ask_child(const Probe::Options& options, const std::string& path) {
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0) fail("pipe");
    const Descriptor out(ends[0]);
    Descriptor in(ends[1]);
    std::vector<std::string> command = options.command;
    command.push_back(path);
    Child child(command, in.get());
    in.close();
    const std::optional<std::string> answer = read_until_end(out.get(), options.limit);
    if (!answer || answer->size() > max_answer) {
        child.kill();
        child.wait();
        return refuse("it did not finish loading within " + std::to_string(options.limit.count()) +
                          " ms and was stopped",
                      false);  // on a busy machine that may be no fault of the plugin
    }
    return read_answer(*answer, child.wait());
}

// ---- remembered verdicts: {"server": "0.1.0", "files": {"<sha256>": {"manifest": …} | {"reason": …}}}
// ------

Json read_cache(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    std::ostringstream text;
    text << file.rdbuf();
    if (file) {
        try {
            Json cache = Json::parse(text.str());
            if (cache.at("server").text() == DAKIYA_VERSION && cache.at("files").is_object()) return cache;
        } catch (const JsonError& e) {
            spdlog::warn("{} is damaged and will be written anew: {}", path, e.what());
        }
    }
    return Json{{"server", DAKIYA_VERSION}, {"files", Json::object()}};
}

void write_cache(const std::string& path, const Json& cache) {
    const std::string fresh = path + ".new";
    std::ofstream file(fresh, std::ios::binary | std::ios::trunc);
    file << cache.dump();
    file.close();
    std::error_code error;
    if (file) std::filesystem::rename(fresh, path, error);
    if (!file || error) spdlog::warn("{} cannot be written: new plugins are looked at again next time", path);
}

Verdict remembered(const Json& entry) {
    if (entry["manifest"].is_string()) return {entry["manifest"].text()};
    return refuse(entry.at("reason").text());
}

}  // namespace

Result<std::string> inspect_in_process(const std::string& path) {
    const Result<Library> library = load_library(path);
    if (!library) return library.error();
    return std::string(library->manifest_text());
}

int inspect_main(const std::string& path) {
    // What the plugin prints goes to standard error; the answer has standard output to itself.
    const Descriptor answer(fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3));
    if (answer.get() < 0 || dup2(STDERR_FILENO, STDOUT_FILENO) < 0) fail("dup");
    const Result<std::string> manifest = inspect_in_process(path);
    const Json json = manifest ? Json{{"ok", true}, {"manifest", *manifest}}
                               : Json{{"ok", false}, {"reason", manifest.error().text}};
    const std::string text = json.dump() + "\n";
    for (std::string_view rest = text; !rest.empty();) {
        const ssize_t size = write(answer.get(), rest.data(), rest.size());
        if (size < 0 && errno != EINTR) fail("write");
        if (size > 0) rest.remove_prefix(static_cast<std::size_t>(size));
    }
    return manifest ? 0 : 1;
}

Probe::Probe(Options options) : options_(std::move(options)) {}

Result<std::string> Probe::inspect(const std::string& path) {
    const Result<std::string> sum = sha256_of_file(path);
    if (!sum) return sum.error();
    const std::lock_guard lock(mutex_);
    Json cache = read_cache(options_.cache_file);
    if (const Json* known = cache.at("files").find(*sum)) return remembered(*known).manifest;

    const Verdict verdict = ask_child(options_, path);
    if (verdict.lasting && !options_.cache_file.empty()) {
        cache.find("files")->set(*sum, verdict.manifest ? Json{{"manifest", *verdict.manifest}}
                                                        : Json{{"reason", verdict.manifest.error().text}});
        write_cache(options_.cache_file, cache);
    }
    return verdict.manifest;
}

}  // namespace dakiya::plugin
