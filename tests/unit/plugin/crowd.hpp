// The crowd of tests/plugins, and a folder that goes away.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <stdexcept>
#include <string>

namespace dakiya::plugin {

inline std::string crowd(const std::string& variant) {
    return std::string(CROWD_FOLDER) + "/" + variant + ".so";
}

class TempFolder {
public:
    TempFolder() {
        std::string name = (std::filesystem::temp_directory_path() / "dakiya-XXXXXX").string();
        if (!mkdtemp(name.data())) throw std::runtime_error("no temporary folder");
        path_ = name;
    }
    ~TempFolder() { std::filesystem::remove_all(path_); }
    TempFolder(const TempFolder&) = delete;
    TempFolder& operator=(const TempFolder&) = delete;

    std::string operator/(const std::string& name) const { return path_ + "/" + name; }
    const std::string& path() const { return path_; }
    // A copy with its own inode.
    std::string add(const std::string& variant) const {
        const std::string copy = *this / (variant + ".so");
        std::filesystem::copy_file(crowd(variant), copy);
        return copy;
    }

private:
    std::string path_;
};

}  // namespace dakiya::plugin
