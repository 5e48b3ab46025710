#include "net/redact.hpp"

#include <openssl/evp.h>

#include <algorithm>
#include <bitset>
#include <cstdint>
#include <mutex>
#include <set>
#include <shared_mutex>
#include <unordered_map>
#include <utility>
#include <vector>

namespace dakiya::net {
namespace {

std::string base64(std::string_view bytes) {
    std::string text(4 * ((bytes.size() + 2) / 3) + 1, '\0');
    const int size =
        EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()),
                        reinterpret_cast<const unsigned char*>(bytes.data()), static_cast<int>(bytes.size()));
    text.resize(static_cast<std::size_t>(size));
    return text;
}

// What base64 makes of `secret` after `before` other bytes (0-2, modulo 3), without the first and last
// characters that also depend on its neighbours.
std::string base64_inside(std::string_view secret, std::size_t before) {
    const std::string text = base64(std::string(before, '\0') + std::string(secret));
    const std::size_t first = (before * 8 + 5) / 6;
    const std::size_t end = (before + secret.size()) * 8 / 6;
    return text.substr(first, end - first);
}

std::string url_safe(std::string text) {
    std::replace(text.begin(), text.end(), '+', '-');
    std::replace(text.begin(), text.end(), '/', '_');
    return text;
}

// Encoders differ in which marks they leave alone and in the case of their digits.
std::string percent(std::string_view text, std::string_view kept_marks, const char* digits, bool plus) {
    std::string out;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        if (plain || kept_marks.find(c) != kept_marks.npos) {
            out += c;
        } else if (plus && c == ' ') {
            out += '+';
        } else {
            out += {'%', digits[byte >> 4], digits[byte & 15]};
        }
    }
    return out;
}

std::string json_escaped(std::string_view text, bool slash) {
    std::string out;
    for (const char c : text) {
        if (c == '"' || c == '\\' || (slash && c == '/')) out += '\\';
        if (c == '\n') {
            out += "\\n";
        } else {
            out += c;
        }
    }
    return out;
}

std::set<std::string> forms_of(std::string_view secret) {
    std::set<std::string> forms{std::string(secret), json_escaped(secret, false), json_escaped(secret, true)};
    for (const std::size_t before : {0U, 1U, 2U}) {
        const std::string text = base64_inside(secret, before);
        forms.insert({text, url_safe(text)});
    }
    for (const char* digits : {"0123456789ABCDEF", "0123456789abcdef"}) {
        forms.insert(percent(secret, "-._~", digits, false));       // RFC 3986 unreserved
        forms.insert(percent(secret, "-._~!*'()", digits, false));  // encodeURIComponent
        forms.insert(percent(secret, "-._*", digits, true));        // WHATWG application/x-www-form-urlencoded
    }
    return forms;
}

// The first `shortest` bytes of every form as a number: one look-up per position of the text.
using Start = std::uint64_t;

Start start_of(std::string_view text) {
    Start start = 0;
    for (const char c : text.substr(0, Redactor::shortest)) start = start << 8 | static_cast<unsigned char>(c);
    return start;
}

constexpr std::size_t sieve_bits = 1U << 16U;

std::size_t sieve_slot(Start start) { return start * 0x9E3779B97F4A7C15ULL >> 48U; }

}  // namespace

struct Redactor::Index {
    struct Form {
        std::string text;
        std::size_t holders = 0;
    };

    void add(std::string_view secret) {
        const auto forms = forms_of(secret);
        const std::unique_lock lock(mutex);
        for (const std::string& form : forms) {
            auto& group = groups[start_of(form)];
            const auto same = std::find_if(group.begin(), group.end(), [&](const Form& f) { return f.text == form; });
            if (same != group.end()) {
                ++same->holders;
                continue;
            }
            const auto shorter = std::find_if(group.begin(), group.end(),
                                              [&](const Form& f) { return f.text.size() < form.size(); });
            group.insert(shorter, {form, 1});  // longest first
            sieve.set(sieve_slot(start_of(form)));
        }
    }

    void remove(std::string_view secret) {
        const auto forms = forms_of(secret);
        const std::unique_lock lock(mutex);
        for (const std::string& form : forms) {
            const auto found = groups.find(start_of(form));
            if (found == groups.end()) continue;
            std::erase_if(found->second, [&](Form& f) { return f.text == form && --f.holders == 0; });
            if (found->second.empty()) groups.erase(found);
        }
        sieve.reset();
        for (const auto& group : groups) sieve.set(sieve_slot(group.first));
    }

    // Length of the longest form that `text` begins with, or 0.
    std::size_t match(Start start, std::string_view text) const {
        if (!sieve.test(sieve_slot(start))) return 0;
        const auto found = groups.find(start);
        if (found == groups.end()) return 0;
        for (const Form& form : found->second)
            if (text.substr(0, form.text.size()) == form.text) return form.text.size();
        return 0;
    }

    mutable std::shared_mutex mutex;
    std::unordered_map<Start, std::vector<Form>> groups;
    std::bitset<sieve_bits> sieve;  // which groups there may be: answers nearly every position
};

Redactor::Redactor() : index_(std::make_shared<Index>()) {}

Redactor::Handle Redactor::add(std::string_view secret) {
    Handle handle;
    if (secret.size() < shortest) return handle;
    index_->add(secret);
    handle.index_ = index_;
    handle.secret_ = secret;
    return handle;
}

std::string Redactor::operator()(std::string_view text) const {
    std::string out;
    const std::shared_lock lock(index_->mutex);
    if (text.size() < shortest || index_->groups.empty()) return std::string(text);
    constexpr Start window = (Start{1} << (8 * shortest)) - 1;
    Start start = start_of(text.substr(0, shortest - 1));
    std::size_t copied = 0;  // text up to here is dealt with
    std::size_t secret_end = 0;
    for (std::size_t at = 0; at + shortest <= text.size(); ++at) {
        start = (start << 8 | static_cast<unsigned char>(text[at + shortest - 1])) & window;
        const std::size_t length = index_->match(start, text.substr(at));
        if (length == 0) continue;
        if (at >= secret_end) {  // else it overlaps the one before: one mark for both
            out.append(text.substr(copied, at - copied)).append(mark);
        }
        secret_end = std::max(secret_end, at + length);
        copied = secret_end;
    }
    return out.append(text.substr(copied));
}

Redactor::Handle& Redactor::Handle::operator=(Handle&& other) noexcept {
    std::swap(index_, other.index_);
    std::swap(secret_, other.secret_);
    return *this;
}

Redactor::Handle::~Handle() {
    if (!index_) return;
    index_->remove(secret_);
    OPENSSL_cleanse(secret_.data(), secret_.size());
}

}  // namespace dakiya::net
