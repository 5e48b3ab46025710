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

}  // namespace

std::string random_text() {
    // Bytes above the last multiple of 62 are thrown away, so that every character is equally likely.
    constexpr unsigned usable = 256 / alphabet.size() * alphabet.size();
    std::string text;
    std::array<unsigned char, 64> random{};
    while (text.size() < random_length) {
        if (RAND_bytes(random.data(), static_cast<int>(random.size())) != 1)
            throw std::runtime_error("the system gave no random bytes");
        for (const unsigned char byte : random)
            if (byte < usable && text.size() < random_length) text += alphabet[byte % alphabet.size()];
    }
    OPENSSL_cleanse(random.data(), random.size());
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
    constexpr std::string_view digits = "0123456789abcdef";
    std::string hex;
    for (const unsigned char byte : digest) {
        hex += digits[byte >> 4];
        hex += digits[byte & 15];
    }
    return hex;
}

bool equal_secrets(std::string_view a, std::string_view b) {
    return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace dakiya::security
