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

std::optional<double> Limits::rate(const plugin::Manifest& manifest, std::string_view key,
                                   Id connection) const {
    key = without_scope(key);
    if (const auto agreed = override_of(manifest, key)) return agreed;
    {
        const std::lock_guard lock(mutex_);
        const auto found = reported_.find({connection, std::string(key)});
        if (found != reported_.end()) return found->second;
    }
    return published(manifest, key);
}

std::optional<double> Limits::published(const plugin::Manifest& manifest, std::string_view key) const {
    key = without_scope(key);
    if (const auto agreed = override_of(manifest, key)) return agreed;
    const auto limit = std::find_if(manifest.limits.begin(), manifest.limits.end(),
                                    [&](const plugin::Limit& l) { return l.key == key; });
    if (limit == manifest.limits.end()) return std::nullopt;
    return limit->per_second;
}

bool Limits::report(const plugin::Manifest& manifest, std::string_view key, Id connection,
                    double per_second) {
    key = without_scope(key);
    if (override_of(manifest, key) || !(per_second > 0)) return false;
    const std::lock_guard lock(mutex_);
    reported_[{connection, std::string(key)}] = per_second;
    return true;
}

std::optional<double> Limits::override_of(const plugin::Manifest& manifest, std::string_view key) const {
    const auto found = overrides_.find(manifest.id + "." + std::string(key));
    if (found == overrides_.end()) return std::nullopt;
    return found->second;
}

std::optional<double> Limits::send_rate(const plugin::Manifest& manifest, Id connection) const {
    const auto send = rate(manifest, "send", connection);
    return send ? send : rate(manifest, "default", connection);
}

}  // namespace dakiya::send
