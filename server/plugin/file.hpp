// A plugin's file before anything in it runs.
#pragma once

#include <sys/types.h>

#include <compare>
#include <string>
#include <vector>

#include "base/result.hpp"

namespace dakiya::plugin {

struct FileIdentity {  // the same for two names of one file
    dev_t device = 0;
    ino_t inode = 0;
    // clang-tidy 14 sees a zero in a defaulted <=>.
    auto operator<=>(const FileIdentity&) const = default;  // NOLINT(modernize-use-nullptr)
};

// Whether the file may be loaded: owned by root or by us, not writable by others, at most 64 MiB, an ELF
// library for this machine. The Error is one sentence without the path.
Result<FileIdentity> check_file(const std::string& path);

// The *.so directly inside, sorted. The folder must pass the same ownership checks: who can write there
// can run code in the server.
Result<std::vector<std::string>> plugin_files(const std::string& folder);

}  // namespace dakiya::plugin
