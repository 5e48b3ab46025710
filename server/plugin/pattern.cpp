#include "plugin/pattern.hpp"

#include <regex.h>

#include <cctype>

namespace dakiya::plugin {
namespace {

class Regex {
public:
    explicit Regex(std::string_view pattern)
        : status_(regcomp(&regex_, std::string(pattern).c_str(), REG_EXTENDED | REG_NOSUB)) {}
    ~Regex() {
        if (status_ == 0) regfree(&regex_);
    }
    Regex(const Regex&) = delete;
    Regex& operator=(const Regex&) = delete;

    bool ok() const { return status_ == 0; }
    std::string error() const {
        std::string text(128, '\0');
        text.resize(regerror(status_, &regex_, text.data(), text.size()) - 1);
        return text;
    }
    bool found_in(const std::string& text) const {
        return regexec(&regex_, text.c_str(), 0, nullptr, 0) == 0;
    }

private:
    regex_t regex_{};
    int status_;
};

// GNU's matcher knows \w \s \b, and \1 as a back reference; the rest of Perl's escapes it takes as letters,
// which is never what the author meant.
std::string_view wrong_escape(std::string_view pattern) {
    for (std::size_t i = 0; i + 1 < pattern.size(); ++i) {
        if (pattern[i] != '\\') continue;
        const char next = pattern[++i];
        if (std::isalnum(static_cast<unsigned char>(next)) &&
            std::string_view("wWsSbB").find(next) == std::string_view::npos)
            return pattern.substr(i - 1, 2);
    }
    return {};
}

}  // namespace

Result<void> check_pattern(std::string_view pattern) {
    if (pattern.empty() || pattern.size() > max_pattern)
        return invalid({}, "must have 1 to " + std::to_string(max_pattern) + " bytes");
    if (pattern.find('\0') != std::string_view::npos) return invalid({}, "must not contain a NUL");
    if (pattern.find("(?") != std::string_view::npos)
        return invalid({}, "uses \"(?\", which POSIX extended expressions do not have");
    if (const std::string_view escape = wrong_escape(pattern); !escape.empty())
        return invalid({}, "uses \"" + std::string(escape) +
                               "\", which is not known here: write [0-9] for a digit, and repeat a group "
                               "instead of referring back to it");
    const Regex regex(pattern);
    if (!regex.ok()) return invalid({}, "is not a POSIX extended expression: " + regex.error());
    return {};
}

bool matches(std::string_view pattern, std::string_view text) {
    if (text.size() > max_matched || text.find('\0') != std::string_view::npos) return false;
    const Regex regex(pattern);
    return regex.ok() && regex.found_in(std::string(text));
}

}  // namespace dakiya::plugin
