#include "security/token.hpp"

#include <openssl/crypto.h>
#include <openssl/rand.h>
#include <openssl/sha.h>

#include <array>
#include <stdexcept>

namespace dakiya::security {

namespace {

constexpr std::string_view key_prefix = "dk_live_";
constexpr std::string_view alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
constexpr std::size_t random_length = 32;

std::string random_of(std::string_view characters, std::size_t length) {
    // Bytes above the last multiple are thrown away, so that every character is equally likely.
    const auto usable = static_cast<unsigned>(256 / characters.size() * characters.size());
    std::string text;
    std::array<unsigned char, 64> random{};
    while (text.size() < length) {
        if (RAND_bytes(random.data(), static_cast<int>(random.size())) != 1)
            throw std::runtime_error("the system gave no random bytes");
        for (const unsigned char byte : random)
            if (byte < usable && text.size() < length) text += characters[byte % characters.size()];
    }
    OPENSSL_cleanse(random.data(), random.size());
    return text;
}

}  // namespace

std::string random_text() { return random_of(alphabet, random_length); }

std::string random_digits(int length) { return random_of("0123456789", static_cast<std::size_t>(length)); }

std::string hex(std::string_view bytes) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string text;
    for (const char c : bytes) {
        const auto byte = static_cast<unsigned char>(c);
        text += digits[byte >> 4];
        text += digits[byte & 15];
    }
    return text;
}

NewToken make_api_key() {
    std::string text = std::string(key_prefix) + random_text();
    std::string hash = sha256_hex(text);
    return {std::move(text), std::move(hash)};
}

bool is_api_key(std::string_view text) {
    if (!text.starts_with(key_prefix)) return false;
    text.remove_prefix(key_prefix.size());
    return text.size() == random_length && text.find_first_not_of(alphabet) == std::string_view::npos;
}

std::string sha256_hex(std::string_view text) {
    std::array<unsigned char, SHA256_DIGEST_LENGTH> digest{};
    SHA256(reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest.data());
    return hex({reinterpret_cast<const char*>(digest.data()), digest.size()});
}

bool equal_secrets(std::string_view a, std::string_view b) {
    return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace dakiya::security
