// API keys: "dk_live_" and 32 random characters of 0-9 A-Z a-z (190 bits). Only their hash is stored; they
// are long and random, so one round of SHA-256 is enough and lookups stay fast.
#pragma once

#include <string>
#include <string_view>

namespace dakiya::security {

struct NewToken {
    std::string text;  // shown once
    std::string hash;  // stored
};

NewToken make_api_key();
// Whether it has the form of an API key; says nothing about whether there is one.
bool is_api_key(std::string_view text);
// SHA-256 as 64 lower-case hex digits.
std::string sha256_hex(std::string_view text);
// Takes the same time wherever the texts differ; the lengths may show.
bool equal_secrets(std::string_view a, std::string_view b);

// 32 random characters of the same alphabet: webhook tokens, secrets of ours.
std::string random_text();

// Random decimal digits, each equally likely: one-time codes.
std::string random_digits(int length);

// Bytes as lower-case hex digits.
std::string hex(std::string_view bytes);

}  // namespace dakiya::security
