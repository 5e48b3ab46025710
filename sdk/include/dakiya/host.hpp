// dakiya/host.hpp - what every other header of the SDK stands on: faults, borrowed bytes, the host.
// Plugins include "dakiya/provider.hpp".
#ifndef DAKIYA_HOST_HPP
#define DAKIYA_HOST_HPP

#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>

#include "dakiya/abi.h"

namespace dakiya {

// Thrown for a dk_status other than DK_OK; guard() turns it into that status and its explanation.
// The text is shown to people and logged: never put a secret into it.
class Fault : public std::runtime_error {
public:
    Fault(dk_status status, const std::string& text) : std::runtime_error(text), status_(status) {}
    dk_status status() const { return status_; }

private:
    dk_status status_;
};

inline dk_bytes bytes(std::string_view text) { return {text.data(), text.size()}; }
inline std::string_view view(dk_bytes run) {
    return run.size ? std::string_view(run.data, run.size) : std::string_view();
}

enum class Level : std::uint32_t { debug = 0, info = 1, warning = 2, error = 3 };  // of dk_sink::log

namespace detail {

// The host that loaded this plugin, set once by dakiya_plugin_v1. Hidden: each plugin has its own, even
// when its author forgets -fvisibility=hidden.
[[gnu::visibility("hidden")]] inline const dk_host* host = nullptr;

inline const void* host_extension(std::string_view id) {
    return host && host->extension ? host->extension(bytes(id)) : nullptr;
}

}  // namespace detail
}  // namespace dakiya

#endif
