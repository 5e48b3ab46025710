// The host's extension "crypto/1" over OpenSSL, and the digest of files.
#pragma once

#include <string>

#include "base/result.hpp"
#include "dakiya/crypto_abi.h"

namespace dakiya::plugin {

const dk_crypto& crypto_table();  // static; its functions are pure [any thread]

// SHA-256 of a file as 64 hex digits.
Result<std::string> sha256_of_file(const std::string& path);

}  // namespace dakiya::plugin
