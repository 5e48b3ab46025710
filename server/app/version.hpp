#pragma once

namespace dakiya::app {

inline constexpr const char* version = "0.1.0";

}  // namespace dakiya::app
