#include "send/limits.hpp"

#include <algorithm>

namespace dakiya::send {

namespace {

// "send:1098…" → "send", "" → "default"
std::string_view without_scope(std::string_view key) {
    key = key.substr(0, key.find(':'));
    return key.empty() ? "default" : key;
}

}  // namespace

Limits::Limits(std::map<std::string, double, std::less<>> overrides) : overrides_(std::move(overrides)) {}

std::optional<double> Limits::rate(const plugin::Manifest& manifest, std::string_view key) const {
    key = without_scope(key);
    if (const auto agreed_rate = override_of(manifest, key)) return agreed_rate;
    const auto limit = std::find_if(manifest.limits.begin(), manifest.limits.end(),
                                    [&](const plugin::Limit& l) { return l.key == key; });
    if (limit == manifest.limits.end()) return std::nullopt;
    return limit->per_second;
}

bool Limits::agreed(const plugin::Manifest& manifest, std::string_view key) const {
    return override_of(manifest, without_scope(key)).has_value();
}

std::optional<double> Limits::override_of(const plugin::Manifest& manifest, std::string_view key) const {
    const auto found = overrides_.find(manifest.id + "." + std::string(key));
    if (found == overrides_.end()) return std::nullopt;
    return found->second;
}

std::optional<double> Limits::send_rate(const plugin::Manifest& manifest) const {
    const auto send = rate(manifest, "send");
    return send ? send : rate(manifest, "default");
}

double burst_of(double per_second) { return std::max(1.0, per_second / 4); }

}  // namespace dakiya::send
