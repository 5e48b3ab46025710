#include "base/log.hpp"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <vector>

#include <catch2/catch.hpp>

#include "dakiya/json.hpp"

using namespace dakiya;

namespace {

// A folder that is gone afterwards.
class Folder {
public:
    Folder() {
        std::string name = (std::filesystem::temp_directory_path() / "dakiya-log-XXXXXX").string();
        if (!mkdtemp(name.data())) throw std::runtime_error("mkdtemp");
        path_ = name;
    }
    ~Folder() {
        std::error_code ignored;  // a folder in /tmp that stays is no failure of the test
        std::filesystem::remove_all(path_, ignored);
    }
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;
    std::string file() const { return (path_ / "log").string(); }

private:
    std::filesystem::path path_;
};

std::vector<std::string> lines_of(const std::string& file) {
    std::ifstream in(file);
    std::vector<std::string> lines;
    for (std::string line; std::getline(in, line);) lines.push_back(line);
    return lines;
}

std::string hide(std::string_view text) {
    std::string clean(text);
    for (auto at = clean.find("s3cret"); at != std::string::npos; at = clean.find("s3cret"))
        clean.replace(at, 6, "***");
    return clean;
}

}  // namespace

TEST_CASE("a secret never reaches the log, in text or JSON") {
    const bool json = GENERATE(false, true);
    const Folder folder;
    log::start({"info", json, folder.file()});
    log::set_scrubber(hide);
    spdlog::info("token s3cret and again s3cret");
    log::set_scrubber({});
    spdlog::info("without a scrubber: {}", 42);

    const auto lines = lines_of(folder.file());
    REQUIRE(lines.size() == 2);
    CHECK(lines[0].find("s3cret") == std::string::npos);
    CHECK(lines[0].find("token *** and again ***") != std::string::npos);
    CHECK(lines[1].find("without a scrubber: 42") != std::string::npos);
}

TEST_CASE("a JSON line is one JSON object, whatever the text") {
    const Folder folder;
    log::start({"debug", true, folder.file()});
    const std::string text = "quote \" backslash \\ newline \n tab \t bell \a Hindi हिन्दी";
    spdlog::debug("{}", text);
    spdlog::warn("second");

    const auto lines = lines_of(folder.file());
    REQUIRE(lines.size() == 2);
    const Json first = Json::parse(lines[0]);
    CHECK(first.at("text").text() == text);
    CHECK(first.at("level").text() == "debug");
    CHECK(first.contains("at"));
    CHECK(first.at("thread").integer() > 0);
    CHECK(Json::parse(lines[1]).at("level").text() == "warning");
}

TEST_CASE("lines below the level are not written") {
    const Folder folder;
    log::start({"warn", false, folder.file()});
    spdlog::info("quiet");
    spdlog::error("loud");
    const auto lines = lines_of(folder.file());
    REQUIRE(lines.size() == 1);
    CHECK(lines[0].find("loud") != std::string::npos);
}
