#include "text.hpp"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>
#include <stdexcept>

namespace sim {
namespace {

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

int hex_value(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    const char l = lower(c);
    return l >= 'a' && l <= 'f' ? l - 'a' + 10 : -1;
}

bool unreserved(char c) {
    return (c >= '0' && c <= '9') || (lower(c) >= 'a' && lower(c) <= 'z') || c == '-' || c == '_' ||
           c == '.' || c == '~';
}

std::string hmac(const EVP_MD* digest, std::string_view key, std::string_view text) {
    unsigned char bytes[EVP_MAX_MD_SIZE];
    unsigned size = 0;
    if (!HMAC(digest, key.data(), static_cast<int>(key.size()),
              reinterpret_cast<const unsigned char*>(text.data()), text.size(), bytes, &size))
        throw std::runtime_error("OpenSSL could not compute an HMAC");
    return {reinterpret_cast<const char*>(bytes), size};
}

// The value of a parameter such as boundary="x" in a header value.
std::string parameter(std::string_view header, std::string_view name) {
    for (std::string_view piece : split(header, ';')) {
        piece = trim(piece);
        const std::size_t equals = piece.find('=');
        if (equals == std::string_view::npos || !same_word(piece.substr(0, equals), name)) continue;
        std::string_view value = piece.substr(equals + 1);
        if (value.size() >= 2 && value.front() == '"' && value.back() == '"')
            value = value.substr(1, value.size() - 2);
        return std::string(value);
    }
    return {};
}

}  // namespace

bool same_word(std::string_view a, std::string_view b) {
    return a.size() == b.size() &&
           std::equal(a.begin(), a.end(), b.begin(), [](char x, char y) { return lower(x) == lower(y); });
}

std::string_view trim(std::string_view text) {
    const std::size_t first = text.find_first_not_of(" \t");
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

bool all_digits(std::string_view text) {
    return !text.empty() &&
           std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

bool is_hex(std::string_view text, std::size_t size) {
    return text.size() == size &&
           std::all_of(text.begin(), text.end(), [](char c) { return hex_value(c) >= 0; });
}

std::vector<std::string_view> split(std::string_view text, char separator) {
    std::vector<std::string_view> pieces;
    for (std::size_t end; (end = text.find(separator)) != std::string_view::npos; text.remove_prefix(end + 1))
        pieces.push_back(text.substr(0, end));
    pieces.push_back(text);
    return pieces;
}

std::size_t count_code_points(std::string_view utf8) {
    return static_cast<std::size_t>(std::count_if(
        utf8.begin(), utf8.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

bool contains(const std::vector<std::string>& list, std::string_view word) {
    return std::find(list.begin(), list.end(), word) != list.end();
}

std::uint64_t bare_number(std::string_view text) {
    return all_digits(text) && text.size() >= 8 && text.size() <= 15 ? *digits_of(text) : 0;
}

std::optional<std::uint64_t> digits_of(std::string_view number) {
    std::uint64_t value = 0;
    std::size_t digits = 0;
    for (const char c : number)
        if (c >= '0' && c <= '9') {
            value = value * 10 + static_cast<std::uint64_t>(c - '0');
            if (++digits > 18) return {};
        }
    if (digits == 0) return {};
    return value;
}

std::string percent_decode(std::string_view text, bool plus_is_space) {
    std::string out;
    out.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (plus_is_space && text[i] == '+') {
            out += ' ';
        } else if (text[i] == '%' && i + 2 < text.size() && hex_value(text[i + 1]) >= 0 &&
                   hex_value(text[i + 2]) >= 0) {
            out += static_cast<char>(hex_value(text[i + 1]) * 16 + hex_value(text[i + 2]));
            i += 2;
        } else {
            out += text[i];
        }
    }
    return out;
}

Form parse_form(std::string_view encoded) {
    Form form;
    if (encoded.empty()) return form;
    for (const std::string_view pair : split(encoded, '&')) {
        const std::size_t equals = pair.find('=');
        form.emplace_back(
            percent_decode(pair.substr(0, equals), true),
            equals == std::string_view::npos ? "" : percent_decode(pair.substr(equals + 1), true));
    }
    return form;
}

std::string percent_encode(std::string_view text) {
    static constexpr char digits[] = "0123456789ABCDEF";
    std::string out;
    for (const char c : text) {
        if (unreserved(c)) {
            out += c;
        } else {
            const auto byte = static_cast<unsigned char>(c);
            out += '%';
            out += digits[byte >> 4];
            out += digits[byte & 15];
        }
    }
    return out;
}

std::string encode_form(const Form& form) {
    std::string out;
    for (const auto& [key, value] : form) {
        if (!out.empty()) out += '&';
        out += percent_encode(key) + '=' + percent_encode(value);
    }
    return out;
}

const std::string* find(const Form& form, std::string_view key) {
    for (const auto& [name, value] : form)
        if (name == key) return &value;
    return nullptr;
}

std::string field(const Form& form, std::string_view key) {
    const std::string* found = find(form, key);
    return found ? *found : std::string();
}

std::string hmac_sha256(std::string_view key, std::string_view text) { return hmac(EVP_sha256(), key, text); }
std::string hmac_sha1(std::string_view key, std::string_view text) { return hmac(EVP_sha1(), key, text); }

std::string sha256(std::string_view text) {
    unsigned char bytes[EVP_MAX_MD_SIZE];
    unsigned size = 0;
    if (EVP_Digest(text.data(), text.size(), bytes, &size, EVP_sha256(), nullptr) != 1)
        throw std::runtime_error("OpenSSL could not compute a SHA-256");
    return {reinterpret_cast<const char*>(bytes), size};
}

std::string hex(std::string_view bytes) {
    static constexpr char digits[] = "0123456789abcdef";
    std::string out;
    out.reserve(bytes.size() * 2);
    for (const char c : bytes) {
        out += digits[static_cast<unsigned char>(c) >> 4];
        out += digits[static_cast<unsigned char>(c) & 15];
    }
    return out;
}

std::string base64(std::string_view bytes) {
    std::string out((bytes.size() + 2) / 3 * 4 + 1, '\0');
    const int size =
        EVP_EncodeBlock(reinterpret_cast<unsigned char*>(out.data()),
                        reinterpret_cast<const unsigned char*>(bytes.data()), static_cast<int>(bytes.size()));
    out.resize(static_cast<std::size_t>(size));
    return out;
}

std::string base64_decode(std::string_view text) {
    if (text.empty() || text.size() % 4 != 0) return {};
    std::string out(text.size() / 4 * 3, '\0');
    const int size =
        EVP_DecodeBlock(reinterpret_cast<unsigned char*>(out.data()),
                        reinterpret_cast<const unsigned char*>(text.data()), static_cast<int>(text.size()));
    if (size < 0) return {};
    const std::size_t padding = text.ends_with("==") ? 2 : text.ends_with("=") ? 1 : 0;
    out.resize(static_cast<std::size_t>(size) - padding);
    return out;
}

std::optional<std::vector<Part>> parse_multipart(std::string_view content_type, std::string_view body) {
    const std::string boundary = parameter(content_type, "boundary");
    if (boundary.empty() || boundary.size() > 70) return {};
    const std::string dashes = "--" + boundary;
    if (!body.starts_with(dashes)) return {};
    body.remove_prefix(dashes.size());
    const std::string next = "\r\n" + dashes;
    std::vector<Part> parts;
    while (!body.starts_with("--")) {
        if (!body.starts_with("\r\n")) return {};
        body.remove_prefix(2);
        const std::size_t head = body.find("\r\n\r\n");
        const std::size_t end = body.find(next, head == std::string_view::npos ? 0 : head + 2);
        if (head == std::string_view::npos || end == std::string_view::npos || end < head + 4) return {};
        Part part;
        part.data = body.substr(head + 4, end - head - 4);
        for (std::string_view line : split(body.substr(0, head), '\n')) {
            if (line.ends_with('\r')) line.remove_suffix(1);
            const std::size_t colon = line.find(':');
            if (colon == std::string_view::npos) return {};
            const std::string_view value = trim(line.substr(colon + 1));
            if (same_word(line.substr(0, colon), "Content-Disposition")) {
                part.name = parameter(value, "name");
                part.file_name = parameter(value, "filename");
            } else if (same_word(line.substr(0, colon), "Content-Type")) {
                part.type = value;
            }
        }
        parts.push_back(std::move(part));
        body.remove_prefix(end + next.size());
    }
    return parts;
}

const Part* find(const std::vector<Part>& parts, std::string_view name) {
    const auto found =
        std::find_if(parts.begin(), parts.end(), [&](const Part& part) { return part.name == name; });
    return found == parts.end() ? nullptr : &*found;
}

}  // namespace sim
