#include "plugin/file.hpp"

#include <elf.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <system_error>

namespace dakiya::plugin {
namespace {

constexpr off_t max_file = 64 << 20;

#if defined(__x86_64__)
constexpr Elf64_Half our_machine = EM_X86_64;
constexpr const char* our_machine_name = "x86_64";
#elif defined(__aarch64__)
constexpr Elf64_Half our_machine = EM_AARCH64;
constexpr const char* our_machine_name = "aarch64";
#else
#error "Plugins are supported on x86_64 and aarch64"
#endif

Result<struct stat> facts_of(const std::string& path) {
    struct stat facts {};
    if (stat(path.c_str(), &facts) != 0)
        return Error{Code::not_found, "it cannot be read: " + std::generic_category().message(errno), {}};
    return facts;
}

// A group may write when it is root's or our own, as with a private group per user.
Result<void> check_owner(const struct stat& facts) {
    if (facts.st_uid != 0 && facts.st_uid != geteuid())
        return Error{Code::forbidden,
                     "it belongs to user " + std::to_string(facts.st_uid) +
                         ", not to root or to the user that runs the server: chown it",
                     {}};
    const bool group_is_trusted = facts.st_gid == 0 || facts.st_gid == getegid();
    if ((facts.st_mode & S_IWOTH) || ((facts.st_mode & S_IWGRP) && !group_is_trusted))
        return Error{Code::forbidden, "others may write to it: chmod go-w it", {}};
    return {};
}

Result<void> check_elf(const std::string& path) {
    Elf64_Ehdr head{};
    std::ifstream file(path, std::ios::binary);
    file.read(reinterpret_cast<char*>(&head), sizeof head);
    if (!file || std::memcmp(head.e_ident, ELFMAG, SELFMAG) != 0)
        return invalid({}, "it is not an ELF library");
    if (head.e_ident[EI_CLASS] != ELFCLASS64 || head.e_ident[EI_DATA] != ELFDATA2LSB ||
        head.e_machine != our_machine)
        return invalid({}, std::string("it is made for another machine; this one is ") + our_machine_name);
    if (head.e_type != ET_DYN) return invalid({}, "it is an ELF file, but not a shared library");
    return {};
}

}  // namespace

Result<FileIdentity> check_file(const std::string& path) {
    const Result<struct stat> facts = facts_of(path);
    if (!facts) return facts.error();
    if (!S_ISREG(facts->st_mode)) return invalid({}, "it is not a file");
    if (const Result<void> trusted = check_owner(*facts); !trusted) return trusted.error();
    if (facts->st_size > max_file) return Error{Code::too_large, "it is larger than 64 MiB", {}};
    if (const Result<void> elf = check_elf(path); !elf) return elf.error();
    return FileIdentity{facts->st_dev, facts->st_ino};
}

Result<std::vector<std::string>> plugin_files(const std::string& folder) {
    const Result<struct stat> facts = facts_of(folder);
    if (!facts) return facts.error();
    if (!S_ISDIR(facts->st_mode)) return invalid({}, "it is not a folder");
    if (const Result<void> trusted = check_owner(*facts); !trusted) return trusted.error();

    std::vector<std::string> files;
    std::error_code error;
    for (const auto& entry : std::filesystem::directory_iterator(folder, error))
        if (entry.path().extension() == ".so") files.push_back(entry.path().string());
    if (error) return Error{Code::not_found, "it cannot be read: " + error.message(), {}};
    std::sort(files.begin(), files.end());
    return files;
}

}  // namespace dakiya::plugin
