#include "domain/people_limit.hpp"

#include <algorithm>
#include <cctype>
#include <charconv>

#include "domain/zones.hpp"

namespace dakiya::domain {

namespace {

constexpr std::int64_t slot_ms = 15 * minute_ms;

std::string upper(std::string_view word) {
    std::string text(word);
    std::transform(text.begin(), text.end(), text.begin(),
                   [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
    return text;
}

std::int64_t factor(std::string_view unit) {
    if (unit.substr(0, 1) == "K") return 1'000;
    return unit.substr(0, 1) == "M" ? 1'000'000 : 1;
}

}  // namespace

std::optional<std::int64_t> parse_people_limit(std::string_view word) {
    const std::string text = upper(word);
    std::string_view rest = text;
    if (rest.substr(0, 5) == "TIER_") rest.remove_prefix(5);
    if (rest == "-1" || rest.substr(0, 9) == "UNLIMITED") return people_unlimited;
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), number);
    if (error != std::errc() || number <= 0 || number > 1'000'000'000) return std::nullopt;
    rest.remove_prefix(static_cast<std::size_t>(end - rest.data()));
    return number * factor(rest);
}

std::int64_t slot_at(std::int64_t now_ms) { return now_ms / slot_ms; }

std::int64_t first_counted_slot(std::int64_t now_ms) { return slot_at(now_ms - day_ms); }

std::int64_t slot_leaves_at(std::int64_t slot) { return (slot + 1) * slot_ms + day_ms; }

}  // namespace dakiya::domain
