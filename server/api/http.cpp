#include "api/http.hpp"

#include <cerrno>
#include <system_error>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/id.hpp"

namespace dakiya::api {

namespace {

int hex_digit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

[[noreturn]] void throw_system(const std::string& what) {
    throw std::system_error(errno, std::generic_category(), what);
}

}  // namespace

SpoolFile::SpoolFile(const std::string& folder) : path_(folder + "/" + random_token() + ".part") {
    file_ = ::open(path_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, S_IRUSR | S_IWUSR);
    if (file_ < 0) throw_system("making " + path_);
}

SpoolFile::~SpoolFile() {
    if (file_ >= 0) ::close(file_);
    if (!path_.empty()) ::unlink(path_.c_str());
}

void SpoolFile::append(std::string_view bytes) {
    while (!bytes.empty()) {
        const ssize_t written = ::write(file_, bytes.data(), bytes.size());
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) throw_system("writing " + path_);
        bytes.remove_prefix(static_cast<std::size_t>(written));
    }
}

void SpoolFile::sync() {
    if (::fdatasync(file_) != 0) throw_system("writing " + path_);
}

std::string SpoolFile::keep() { return std::exchange(path_, {}); }

std::string_view Request::header(std::string_view name) const {
    for (const Header& header : headers)
        if (header.name == name) return header.value;
    return {};
}

std::optional<std::string> percent_decode(std::string_view text, bool plus_is_space) {
    std::string out;
    out.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '%') {
            if (i + 2 >= text.size()) return std::nullopt;
            const int high = hex_digit(text[i + 1]);
            const int low = hex_digit(text[i + 2]);
            if (high < 0 || low < 0) return std::nullopt;
            out += static_cast<char>(high * 16 + low);
            i += 2;
        } else {
            out += plus_is_space && text[i] == '+' ? ' ' : text[i];
        }
    }
    return out;
}

}  // namespace dakiya::api
