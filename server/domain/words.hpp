// Enumerations and their words: one table, read in both directions.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string_view>
#include <utility>

namespace dakiya::domain {

template <class Value, std::size_t size>
using Words = std::array<std::pair<Value, std::string_view>, size>;

// "unknown" for a value without a word: a stored number that this version does not know.
template <class Value, std::size_t size>
constexpr std::string_view word_of(const Words<Value, size>& words, Value value) {
    for (const auto& [entry, word] : words)
        if (entry == value) return word;
    return "unknown";
}

template <class Value, std::size_t size>
constexpr std::optional<Value> value_of(const Words<Value, size>& words, std::string_view word) {
    for (const auto& [entry, name] : words)
        if (name == word) return entry;
    return std::nullopt;
}

}  // namespace dakiya::domain
