// Reads every #include of the server and refuses the edges that docs/design.md 5.1 does not have.
#include <catch2/catch.hpp>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <optional>
#include <set>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

namespace {

// A room may include rooms of lower floors and itself. Rooms of one floor do not know each other.
const std::map<std::string, int, std::less<>> floors = {
    {"base", 0}, {"domain", 1},   {"security", 2}, {"store", 2},  {"net", 2}, {"plugin", 2},
    {"send", 3}, {"audience", 3}, {"receive", 3},  {"notify", 3}, {"api", 4}, {"app", 5},
};

// Libraries that belong to some rooms only. The longest prefix that fits decides.
const std::map<std::string, std::set<std::string>, std::less<>> owners = {
    {"Poco/", {"store", "api", "app"}},
    {"Poco/Data/", {"store"}},
    {"Poco/Net/", {"api", "app"}},
    {"Poco/Util/", {"api", "app"}},
    {"boost/", {}},
    {"boost/asio", {"net"}},
    {"boost/beast", {"net"}},
    {"boost/dll", {"plugin"}},
    {"openssl/", {"security", "net", "plugin"}},
    {"sqlite3.h", {"store"}},
    {"mysql", {"store"}},
    {"dakiya/", {}},
    {"dakiya/json.hpp",
     {"domain", "security", "store", "net", "plugin", "send", "audience", "receive", "notify", "api", "app"}},
    {"dakiya/encoding.hpp", {"net", "send"}},
    {"dakiya/json_text.hpp", {"send"}},
    {"dakiya/utf8.hpp", {"plugin"}},
    {"dakiya/abi.h", {"plugin"}},
    {"dakiya/crypto_abi.h", {"plugin"}},
    {"phonenumbers/", {"domain"}},
    {"unicode/", {"domain"}},
    {"libical/", {"domain"}},
    {"CLI/", {"app"}},
};

// domain is rules without I/O and without threads; of libraries it has only its own.
const std::set<std::string_view> not_in_domain = {"thread", "mutex",   "condition_variable", "future",
                                                  "atomic", "fstream", "iostream",           "filesystem"};

// The file that a line includes, as it is written between the quotes or brackets.
std::optional<std::string> included(std::string_view line) {
    constexpr std::string_view word = "#include";
    if (line.substr(0, word.size()) != word) return std::nullopt;
    const auto from = line.find_first_of("\"<", word.size());
    if (from == line.npos) return std::nullopt;
    return std::string(line.substr(from + 1, line.find_first_of("\">", from + 1) - from - 1));
}

// Why this room must not include that file.
std::optional<std::string> refused(const std::string& room, const std::string& file) {
    const auto floor = floors.find(room);
    if (floor == floors.end()) return "there is no room \"" + room + "\" in docs/design.md 5.1";
    const auto other = floors.find(std::string_view(file).substr(0, file.find('/')));
    if (other != floors.end() && file.find('/') != file.npos) {
        if (other->first == room || other->second < floor->second) return std::nullopt;
        return room + " must not include " + other->first + ": " +
               (other->second == floor->second ? "rooms on one floor do not know each other"
                                               : "it is on a higher floor");
    }
    const bool plain = file.find('/') == file.npos;
    if (room == "domain" && (not_in_domain.count(file) != 0 || file.find("spdlog/") == 0 ||
                             (plain && file.find(".h") != file.npos)))
        return "domain must not include <" + file + ">: it is rules without I/O and threads";
    const std::set<std::string>* allowed = nullptr;
    std::size_t longest = 0;
    for (const auto& [prefix, rooms] : owners)
        if (file.compare(0, prefix.size(), prefix) == 0 && prefix.size() > longest) {
            allowed = &rooms;
            longest = prefix.size();
        }
    if (!allowed || allowed->count(room) != 0) return std::nullopt;
    std::string list;
    for (const std::string& owner : *allowed) list += (list.empty() ? "" : ", ") + owner;
    return room + " must not include <" + file +
           ">: " + (list.empty() ? "no room may" : "only these rooms may: " + list);
}

// "server/net/url.cpp:7: net must not include …" for every forbidden edge of one file.
std::vector<std::string> findings(const std::string& room, const std::string& path, std::istream& text) {
    std::vector<std::string> found;
    std::string line;
    for (int number = 1; std::getline(text, line); ++number)
        if (const auto file = included(line))
            if (const auto why = refused(room, *file))
                found.push_back(path + ":" + std::to_string(number) + ": " + *why);
    return found;
}

std::vector<std::string> findings_of(const std::string& room, const std::string& line) {
    std::istringstream text("#pragma once\n" + line + "\n");
    return findings(room, "server/" + room + "/a.cpp", text);
}

}  // namespace

TEST_CASE("every include of the server is an edge that the floors allow") {
    const std::filesystem::path server = SERVER_FOLDER;
    int files = 0;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(server)) {
        const std::string ending = entry.path().extension();
        if (ending != ".hpp" && ending != ".cpp") continue;
        ++files;
        const auto relative = entry.path().lexically_relative(server);
        std::ifstream text(entry.path());
        REQUIRE(text.is_open());
        for (const std::string& finding :
             findings(relative.begin()->string(), "server/" + relative.string(), text))
            FAIL_CHECK(finding);
    }
    CHECK(files > 100);  // else we looked in the wrong place
}

TEST_CASE("a forbidden include is found, with its line and the reason") {
    struct Case {
        std::string room, line, reason;
    };
    const auto wrong = GENERATE(values<Case>({
        {"send", "#include \"receive/intake.hpp\"", "rooms on one floor"},
        {"store", "#include \"net/http.hpp\"", "rooms on one floor"},
        {"net", "#include \"plugin/provider.hpp\"", "rooms on one floor"},
        {"domain", "#include \"store/db.hpp\"", "higher floor"},
        {"base", "#include \"domain/phone.hpp\"", "higher floor"},
        {"api", "#include \"app/config.hpp\"", "higher floor"},
        {"api", "#include <Poco/Data/Session.h>", "only these rooms may: store"},
        {"net", "#include <Poco/Net/HTTPClientSession.h>", "only these rooms may: api, app"},
        {"send", "#include <boost/asio/io_context.hpp>", "only these rooms may: net"},
        {"net", "#include <boost/dll/shared_library.hpp>", "only these rooms may: plugin"},
        {"net", "#include <boost/algorithm/string.hpp>", "no room may"},
        {"send", "#include \"dakiya/abi.h\"", "only these rooms may: plugin"},
        {"plugin", "#include \"dakiya/provider.hpp\"", "no room may"},
        {"domain", "#include <mutex>", "without I/O and threads"},
        {"domain", "#include <unistd.h>", "without I/O and threads"},
        {"cellar", "#include <string>", "there is no room"},
    }));
    CAPTURE(wrong.room, wrong.line);
    const auto found = findings_of(wrong.room, wrong.line);
    REQUIRE(found.size() == 1);
    CHECK(found.front().rfind("server/" + wrong.room + "/a.cpp:2: ", 0) == 0);
    CHECK_THAT(found.front(), Catch::Contains(wrong.reason));
}

TEST_CASE("an allowed include is not") {
    CHECK(findings_of("send", "#include \"net/http.hpp\"").empty());
    CHECK(findings_of("send", "#include \"send/exchange.hpp\"").empty());
    CHECK(findings_of("domain", "#include \"dakiya/json.hpp\"").empty());
    CHECK(findings_of("domain", "#include <phonenumbers/phonenumberutil.h>").empty());
    CHECK(findings_of("store", "#include <Poco/Data/Session.h>").empty());
    CHECK(findings_of("app", "#include \"base/log.hpp\"").empty());
}
