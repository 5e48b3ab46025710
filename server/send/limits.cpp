#include "send/limits.hpp"

#include <algorithm>

namespace dakiya::send {

Limits::Limits(std::map<std::string, double, std::less<>> overrides) : overrides_(std::move(overrides)) {}

std::optional<double> Limits::rate(const plugin::Manifest& manifest, std::string_view key) const {
    key = key.substr(0, key.find(':'));
    if (key.empty()) key = "default";
    const auto override = overrides_.find(manifest.id + "." + std::string(key));
    if (override != overrides_.end()) return override->second;
    const auto limit = std::find_if(manifest.limits.begin(), manifest.limits.end(),
                                    [&](const plugin::Limit& l) { return l.key == key; });
    if (limit == manifest.limits.end()) return std::nullopt;
    return limit->per_second;
}

std::optional<double> Limits::send_rate(const plugin::Manifest& manifest) const {
    const auto send = rate(manifest, "send");
    return send ? send : rate(manifest, "default");
}

double burst_of(double per_second) { return std::max(1.0, per_second / 4); }

}  // namespace dakiya::send
