#include "app/keys.hpp"

#include <cerrno>
#include <cstring>
#include <fstream>
#include <sstream>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/text.hpp"

namespace dakiya::app {

namespace {

Error cannot(const std::string& what, const std::string& path) {
    return Error{Code::unavailable, what + " the master key file " + path + ": " + std::strerror(errno), ""};
}

Result<void> write_new(const std::string& path, const security::Key& key) {
    const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (file < 0) return cannot("cannot make", path);
    const std::string text = key.text() + "\n";
    const bool written =
        ::write(file, text.data(), text.size()) == static_cast<ssize_t>(text.size()) && ::fsync(file) == 0;
    const int problem = errno;
    ::close(file);
    errno = problem;
    if (!written) return cannot("cannot write", path);
    return {};
}

}  // namespace

Result<security::Key> master_key(const Config& config, bool make) {
    if (!config.master_key.empty()) return security::Key::parse(config.master_key);
    const std::string& path = config.master_key_file;
    struct stat info {};
    if (::stat(path.c_str(), &info) != 0) {
        if (errno != ENOENT || !make) return cannot("cannot read", path);
        const security::Key key = security::Key::random();
        if (const auto written = write_new(path, key); !written) return written.error();
        return key;
    }
    if ((info.st_mode & (S_IRWXG | S_IRWXO)) != 0)
        return Error{Code::forbidden,
                     "the master key file " + path + " can be read by others; run: chmod 600 " + path, ""};
    std::ifstream file(path);
    std::stringstream text;
    text << file.rdbuf();
    return security::Key::parse(trim(text.str()));
}

}  // namespace dakiya::app
