// Secrets that must not come out: looked for in texts, and in everything that a server leaves behind.
#pragma once

#include <string>
#include <vector>

#include "world.hpp"

namespace blackbox {

void require_none_in(const std::string& where, const std::string& text,
                     const std::vector<std::string>& canaries);

// Every text of every table.
std::string all_texts(dakiya::store::Session& session);

// In the log, the database and the files of a server that was stopped.
void require_left_nowhere(World& world, const std::vector<std::string>& canaries);

}  // namespace blackbox
