#include "base/id.hpp"

#include <array>
#include <cerrno>
#include <system_error>

#include <sys/random.h>

namespace dakiya {

namespace {

// Crockford's base 32 in lower case: no i, l, o, u.
constexpr std::string_view alphabet = "0123456789abcdefghjkmnpqrstvwxyz";
constexpr std::size_t digits = 13;  // 13 * 5 = 65 bits

}  // namespace

std::string format_id(std::string_view prefix, Id id) {
    std::string text(prefix.size() + 1 + digits, '_');
    prefix.copy(text.data(), prefix.size());
    auto rest = static_cast<std::uint64_t>(id);
    for (std::size_t i = text.size(); i > prefix.size() + 1; --i) {
        text[i - 1] = alphabet[rest & 31U];
        rest >>= 5U;
    }
    return text;
}

std::optional<Id> parse_id(std::string_view prefix, std::string_view text) {
    if (text.size() != prefix.size() + 1 + digits) return std::nullopt;
    if (text.substr(0, prefix.size()) != prefix || text[prefix.size()] != '_') return std::nullopt;
    text.remove_prefix(prefix.size() + 1);
    if (text[0] > '7') return std::nullopt;  // would not fit in 63 bits
    std::uint64_t id = 0;
    for (const char c : text) {
        const auto digit = alphabet.find(c);
        if (digit == std::string_view::npos) return std::nullopt;
        id = (id << 5U) | digit;
    }
    if (id == 0 || id > static_cast<std::uint64_t>(INT64_MAX)) return std::nullopt;
    return static_cast<Id>(id);
}

std::string random_token() {
    std::array<unsigned char, 16> bytes{};
    if (getrandom(bytes.data(), bytes.size(), 0) != static_cast<ssize_t>(bytes.size()))
        throw std::system_error(errno, std::generic_category(), "getrandom");
    std::string text;
    text.reserve(bytes.size() * 2);
    for (const unsigned char b : bytes) {
        text += "0123456789abcdef"[b >> 4U];
        text += "0123456789abcdef"[b & 15U];
    }
    return text;
}

}  // namespace dakiya
