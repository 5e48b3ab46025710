#include "plugin/probe.hpp"

#include <catch2/catch.hpp>

#include <fstream>
#include <sstream>

#include "crowd.hpp"
#include "dakiya/json.hpp"

using namespace dakiya;
using namespace dakiya::plugin;

namespace {

std::string content(const std::string& path) {
    std::ifstream file(path);
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
}

// A child that leaves a mark each time it is started.
std::vector<std::string> counting(const TempFolder& folder) {
    const std::string script = "echo x >> " + folder / "count" + "; exec " + CROWD_INSPECT + " \"$0\"";
    return {"/bin/sh", "-c", script};
}
std::size_t started(const TempFolder& folder) { return content(folder / "count").size() / 2; }

}  // namespace

TEST_CASE("the child hands over the manifest, whatever the plugin prints") {
    Probe probe({{CROWD_INSPECT}, {}, Millis(20'000)});
    const Result<std::string> manifest = probe.inspect(crowd("prints_at_load"));
    REQUIRE(manifest.ok());
    CHECK(Json::parse(*manifest).at("id").text() == "printer");
}

TEST_CASE("a plugin that hangs while loading is stopped") {
    TempFolder folder;
    Probe probe({counting(folder), folder / "cache.json", Millis(300)});
    const std::string sentence = "it did not finish loading within 300 ms and was stopped";
    CHECK(probe.inspect(crowd("hangs_at_load")).error().text == sentence);
    CHECK(probe.inspect(crowd("hangs_at_load")).error().text == sentence);
    CHECK(started(folder) == 2);  // a busy machine may be the reason: asked again
}

TEST_CASE("passes and crashes are remembered by content, refusals in words are not") {
    TempFolder folder;
    const std::string cache = folder / "cache.json";
    const auto inspect = [&](const std::string& path) {  // each time as after a restart
        return Probe({counting(folder), cache, Millis(20'000)}).inspect(path);
    };
    const auto first = inspect(crowd("good"));
    REQUIRE(first.ok());
    CHECK(inspect(folder.add("good")).value() == *first);  // another name, the same bytes
    CHECK(started(folder) == 1);

    CHECK(inspect(crowd("crashes_at_load")).error().text == "it crashed while loading (signal 11)");
    CHECK(inspect(crowd("crashes_at_load")).error().text == "it crashed while loading (signal 11)");
    CHECK(started(folder) == 2);

    CHECK_FALSE(inspect(crowd("returns_null")).ok());
    CHECK_FALSE(inspect(crowd("returns_null")).ok());
    CHECK(started(folder) == 4);

    std::ofstream(folder / "good.so", std::ios::app) << "a new build";
    REQUIRE(inspect(folder / "good.so").ok());
    CHECK(started(folder) == 5);
}

TEST_CASE("a cache that is damaged or of another server version is written anew") {
    TempFolder folder;
    const std::string cache = folder / "cache.json";
    for (const char* text : {"{\"server\":", "[]", R"({"server":"0.0.1","files":{}})", ""}) {
        std::ofstream(cache) << text;
        CHECK(Probe({{CROWD_INSPECT}, cache, Millis(20'000)}).inspect(crowd("good")).ok());
        CHECK(Json::parse(content(cache)).at("files").size() == 1);
    }
}

TEST_CASE("a probe that cannot be started is an exception, not a verdict about the plugin") {
    Probe probe({{"/nowhere/dakiya"}, {}, Millis(20'000)});
    CHECK_THROWS_WITH(probe.inspect(crowd("good")), Catch::Contains("cannot start /nowhere/dakiya"));
    CHECK(probe.inspect("/nowhere/x.so").error().text == "it cannot be read");
}
