// spdlog set-up. Every line passes the scrubber, which knows each secret in use by value.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include <spdlog/spdlog.h>

namespace dakiya::log {

struct Options {
    std::string level = "info";  // trace debug info warn error
    bool json = false;           // one JSON object a line instead of text
    std::string file;            // empty: standard error
};

void start(const Options& options);

// Applied to every line before it is written. Must be thread-safe and must not log.
void set_scrubber(std::function<std::string(std::string_view)> scrub);

}  // namespace dakiya::log
