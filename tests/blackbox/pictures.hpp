// Pictures that go out and come in.
#pragma once

#include <string>

#include "world.hpp"

namespace blackbox {

// The smallest beginning of a PNG, and bytes that no text has.
std::string picture(std::size_t size);
// That picture as `file` of the simulator's POST /inbound.
Json inbound_picture(const std::string& bytes);
// The newest message of that person ("+919811111111"), or null.
Json inbound_message(const World& world, const std::string& address);

}  // namespace blackbox
