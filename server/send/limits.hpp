// Which rate a provider's limit has: what the operator has agreed on with the provider
// ("limits.meta.send = 1000"), else what the provider reported of the connection since the server started,
// else the manifest's. [any thread]
#pragma once

#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "base/id.hpp"
#include "plugin/manifest.hpp"

namespace dakiya::send {

class Limits {
public:
    // overrides: "meta.send" → requests per second
    explicit Limits(std::map<std::string, double, std::less<>> overrides = {});

    // Per second, for a limit key as a request names it: "send", "send:1098…" (the scope does not change
    // the rate), "" for "default". Nothing: the provider has published no such limit.
    std::optional<double> rate(const plugin::Manifest& manifest, std::string_view key,
                               Id connection = 0) const;

    // The same without what the provider reported: what all servers of this database agree about.
    std::optional<double> published(const plugin::Manifest& manifest, std::string_view key) const;

    // The limit that every send of the provider draws on: "send", else "default".
    std::optional<double> send_rate(const plugin::Manifest& manifest, Id connection = 0) const;

    // The provider says that this connection's limit is another now. False, and ignored, when the operator
    // has set it.
    bool report(const plugin::Manifest& manifest, std::string_view key, Id connection, double per_second);

private:
    std::optional<double> override_of(const plugin::Manifest& manifest, std::string_view key) const;

    const std::map<std::string, double, std::less<>> overrides_;
    mutable std::mutex mutex_;
    std::map<std::pair<Id, std::string>, double> reported_;  // under mutex_
};

}  // namespace dakiya::send
