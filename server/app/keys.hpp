// The operator's master key: from the settings, or from its file, which is made at the first start.
#pragma once

#include "app/config.hpp"
#include "base/result.hpp"
#include "security/seal.hpp"

namespace dakiya::app {

// Refuses a file that others can read. Makes the file (mode 0600) when it is missing and `make` is set.
Result<security::Key> master_key(const Config& config, bool make);

}  // namespace dakiya::app
