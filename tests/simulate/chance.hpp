// All luck of a simulation comes from here, so that a seed is the whole story.
#pragma once

#include <cstddef>
#include <cstdint>
#include <random>
#include <span>

namespace dakiya::simulate {

class Chance {
public:
    explicit Chance(std::uint64_t seed) : engine_(seed) {}

    std::uint64_t next() { return engine_(); }
    // 0 … n-1. n > 0.
    std::size_t below(std::size_t n) { return static_cast<std::size_t>(engine_() % n); }
    // first … last, both possible.
    std::int64_t between(std::int64_t first, std::int64_t last) {
        return first + static_cast<std::int64_t>(below(static_cast<std::size_t>(last - first + 1)));
    }
    // True once in so many times; 0: never.
    bool one_in(int n) { return n > 0 && below(static_cast<std::size_t>(n)) == 0; }
    template <class T>
    T any_of(std::span<const T> items) {
        return items[below(items.size())];
    }

private:
    std::mt19937_64 engine_;
};

}  // namespace dakiya::simulate
