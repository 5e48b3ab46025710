// What makes a database unsafe for us, though it works.
#pragma once

#include <string>
#include <vector>

#include "store/db.hpp"

namespace dakiya::store {

// Sentences for an operator: what is wrong and what to do. Empty: nothing was found.
std::vector<std::string> weaknesses(Database& database);

}  // namespace dakiya::store
