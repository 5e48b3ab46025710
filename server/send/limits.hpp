// Which rate a provider's limit has: the manifest's, unless the operator has agreed on another with the
// provider ("limits.meta.send = 1000").
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "plugin/manifest.hpp"

namespace dakiya::send {

class Limits {
public:
    // overrides: "meta.send" → requests per second
    explicit Limits(std::map<std::string, double, std::less<>> overrides = {});

    // Per second, for a limit key as a request names it: "send", "send:1098…" (the scope does not change
    // the rate), "" for "default". Nothing: the provider has published no such limit.
    std::optional<double> rate(const plugin::Manifest& manifest, std::string_view key) const;

    // True when the operator has set it: what the provider reports of its rate does not change it then.
    bool agreed(const plugin::Manifest& manifest, std::string_view key) const;

    // The limit that every send of the provider draws on: "send", else "default".
    std::optional<double> send_rate(const plugin::Manifest& manifest) const;

private:
    std::optional<double> override_of(const plugin::Manifest& manifest, std::string_view key) const;

    std::map<std::string, double, std::less<>> overrides_;
};

// What may be saved up while nothing is sent: a quarter of a second, at least one.
double burst_of(double per_second);

}  // namespace dakiya::send
