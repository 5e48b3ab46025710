#include "domain/canary.hpp"

#include <algorithm>
#include <array>
#include <cstdio>

namespace dakiya::domain {

namespace {

// "12 %", or "5.4 %" where it matters.
std::string percent(std::int64_t part, std::int64_t whole) {
    const double share = 100.0 * static_cast<double>(part) / static_cast<double>(whole);
    std::array<char, 32> text{};
    std::snprintf(text.data(), text.size(), "%.1f", share);
    std::string number = text.data();
    if (number.ends_with(".0")) number.resize(number.size() - 2);
    return number + " %";
}

std::string first(const CanaryFigures& figures) {
    return "the first " + std::to_string(figures.attempted()) + ": ";
}

constexpr const char* advice = ". Look into it, then resume to go on with everybody else, or cancel";

}  // namespace

std::int64_t canary_size(const Canary& canary, std::int64_t audience) {
    if (canary.count > 0) return canary.count;
    return std::max<std::int64_t>(1, (audience * canary.percent + 99) / 100);
}

std::optional<std::string> canary_refusal(const Canary& canary, const CanaryFigures& figures) {
    const std::int64_t all = figures.attempted();
    if (all == 0)
        return "nobody of the canary could be written to: everybody was skipped" + std::string(advice);
    if (figures.failed * 100 > all * canary.max_failed_percent) {
        std::string text = first(figures) + percent(figures.failed, all) + " failed (allowed " +
                           std::to_string(canary.max_failed_percent) + " %)";
        if (!figures.worst_reason.empty()) text += "; most frequent reason: " + figures.worst_reason;
        return text + advice;
    }
    if (canary.min_delivered_percent && figures.delivered * 100 < all * *canary.min_delivered_percent)
        return first(figures) + "only " + percent(figures.delivered, all) + " delivered (at least " +
               std::to_string(*canary.min_delivered_percent) + " % wanted)" + advice;
    return std::nullopt;
}

}  // namespace dakiya::domain
