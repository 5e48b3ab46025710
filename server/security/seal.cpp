#include "security/seal.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/rand.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <stdexcept>
#include <vector>

namespace dakiya::security {

namespace {

constexpr std::string_view version = "v1.";
constexpr std::size_t nonce_size = 12, tag_size = 16;

struct FreeCipher {
    void operator()(EVP_CIPHER_CTX* context) const { EVP_CIPHER_CTX_free(context); }
};
using Cipher = std::unique_ptr<EVP_CIPHER_CTX, FreeCipher>;

// What OpenSSL refuses here is memory or a broken library, never the input.
void require(int done) {
    if (done != 1) throw std::runtime_error("OpenSSL failed inside AES-256-GCM");
}

Cipher new_cipher() {
    Cipher cipher(EVP_CIPHER_CTX_new());
    if (!cipher) throw std::bad_alloc();
    return cipher;
}

unsigned char* bytes(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }
const unsigned char* bytes(std::string_view text) {
    return reinterpret_cast<const unsigned char*>(text.data());
}

std::string to_base64(std::string_view raw) {
    std::string text((raw.size() + 2) / 3 * 4 + 1, '\0');  // and the NUL that OpenSSL adds
    text.resize(
        static_cast<std::size_t>(EVP_EncodeBlock(bytes(text), bytes(raw), static_cast<int>(raw.size()))));
    return text;
}

// Strict: whole groups of four, '=' only at the end.
std::optional<std::string> from_base64(std::string_view text) {
    if (text.empty() || text.size() % 4 != 0) return std::nullopt;
    const std::size_t padding = text.ends_with("==") ? 2 : text.ends_with("=") ? 1 : 0;
    if (text.substr(0, text.size() - padding).find_first_of("= \t\r\n") != std::string_view::npos)
        return std::nullopt;
    std::string raw(text.size() / 4 * 3, '\0');
    if (EVP_DecodeBlock(bytes(raw), bytes(text), static_cast<int>(text.size())) < 0) return std::nullopt;
    raw.resize(raw.size() - padding);
    return raw;
}

// The associated data. The parts cannot run into each other: names of tables and fields hold no '/'.
std::string associated(const Place& place) {
    return std::to_string(place.tenant) + "/" + std::string(place.table) + "/" + std::string(place.field) +
           "/" + std::to_string(place.row);
}

Error not_sealed() {
    return {Code::invalid, "this is not a sealed text of version 1: the stored value is damaged", ""};
}

Place data_key_place(Id tenant) { return {tenant, "tenants", "data_key", tenant}; }

}  // namespace

Key::~Key() { OPENSSL_cleanse(bytes_.data(), bytes_.size()); }

Key Key::random() {
    Key key;
    if (RAND_bytes(key.bytes_.data(), static_cast<int>(key.bytes_.size())) != 1)
        throw std::runtime_error("the system gave no random bytes");
    return key;
}

std::string Key::text() const {
    return to_base64(std::string_view(reinterpret_cast<const char*>(bytes_.data()), bytes_.size()));
}

Result<Key> Key::parse(std::string_view base64) {
    std::string raw = from_base64(base64).value_or("");
    if (raw.size() != size)
        return Error{
            Code::invalid,
            "a key must be 32 bytes as base64 (44 characters): make one with openssl rand -base64 32", ""};
    Key key;
    std::copy(raw.begin(), raw.end(), key.bytes_.begin());
    OPENSSL_cleanse(raw.data(), raw.size());
    return key;
}

std::string seal(const Key& key, const Place& place, std::string_view text) {
    std::string sealed(nonce_size + text.size() + tag_size, '\0');
    unsigned char* nonce = bytes(sealed);
    unsigned char* out = nonce + nonce_size;
    if (RAND_bytes(nonce, nonce_size) != 1) throw std::runtime_error("the system gave no random bytes");

    const std::string place_bytes = associated(place);
    const Cipher cipher = new_cipher();
    int written = 0;
    require(EVP_EncryptInit_ex(cipher.get(), EVP_aes_256_gcm(), nullptr, key.bytes().data(), nonce));
    require(EVP_EncryptUpdate(cipher.get(), nullptr, &written, bytes(std::string_view(place_bytes)),
                              static_cast<int>(place_bytes.size())));
    require(EVP_EncryptUpdate(cipher.get(), out, &written, bytes(text), static_cast<int>(text.size())));
    require(EVP_EncryptFinal_ex(cipher.get(), out + written, &written));
    require(EVP_CIPHER_CTX_ctrl(cipher.get(), EVP_CTRL_GCM_GET_TAG, tag_size, out + text.size()));
    return std::string(version) + to_base64(sealed);
}

Result<std::string> open(const Key& key, const Place& place, std::string_view sealed) {
    if (!sealed.starts_with(version)) return not_sealed();
    std::optional<std::string> raw = from_base64(sealed.substr(version.size()));
    if (!raw || raw->size() < nonce_size + tag_size) return not_sealed();

    const std::size_t text_size = raw->size() - nonce_size - tag_size;
    unsigned char* nonce = bytes(*raw);
    unsigned char* cipher_text = nonce + nonce_size;
    const std::string place_bytes = associated(place);
    std::string text(text_size, '\0');
    const Cipher cipher = new_cipher();
    int written = 0;
    require(EVP_DecryptInit_ex(cipher.get(), EVP_aes_256_gcm(), nullptr, key.bytes().data(), nonce));
    require(EVP_DecryptUpdate(cipher.get(), nullptr, &written, bytes(std::string_view(place_bytes)),
                              static_cast<int>(place_bytes.size())));
    require(EVP_DecryptUpdate(cipher.get(), bytes(text), &written, cipher_text, static_cast<int>(text_size)));
    require(EVP_CIPHER_CTX_ctrl(cipher.get(), EVP_CTRL_GCM_SET_TAG, tag_size, cipher_text + text_size));
    if (EVP_DecryptFinal_ex(cipher.get(), bytes(text) + written, &written) != 1) {
        OPENSSL_cleanse(text.data(), text.size());
        return Error{
            Code::unauthorized,
            "a sealed value of " + associated(place) +
                " does not open: it was sealed with another key or for another place, or it was changed",
            ""};
    }
    return text;
}

std::string wrap(const Key& master, Id tenant, const Key& data_key) {
    const auto& raw = data_key.bytes();
    return seal(master, data_key_place(tenant),
                std::string_view(reinterpret_cast<const char*>(raw.data()), raw.size()));
}

Result<Key> unwrap(const Key& master, Id tenant, std::string_view wrapped) {
    Result<std::string> raw = open(master, data_key_place(tenant), wrapped);
    if (!raw) {
        if (raw.error().code == Code::invalid) return raw.error();
        return Error{Code::unauthorized,
                     "the data key of tenant " + std::to_string(tenant) +
                         " does not open: is the master key the one that this database was made with?",
                     ""};
    }
    std::string encoded = to_base64(*raw);
    Result<Key> key = Key::parse(encoded);
    OPENSSL_cleanse(raw->data(), raw->size());
    OPENSSL_cleanse(encoded.data(), encoded.size());
    return key;
}

}  // namespace dakiya::security
