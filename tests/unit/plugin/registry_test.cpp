#include "plugin/registry.hpp"

#include <catch2/catch.hpp>

#include <atomic>
#include <fstream>
#include <thread>

#include <sys/stat.h>

#include "crowd.hpp"
#include "json_words.hpp"

using namespace dakiya;
using namespace dakiya::plugin;

namespace {

Registry::Options options(const TempFolder& folder) {
    Registry::Options result;
    result.folders = {folder.path()};
    result.probe_command = {CROWD_INSPECT};
    return result;
}

// One registry of the good plugin for the tests about connections: its entry runs once in a process.
struct Crowd {
    TempFolder folder;
    ManualClock clock;
    std::vector<std::string> reasons;
    Registry registry;

    explicit Crowd(std::size_t max_connections = 10)
        : registry(
              [&] {
                  folder.add("good");
                  Registry::Options o = options(folder);
                  o.max_connections = max_connections;
                  o.on_quarantine = [this](const std::string& id, const std::string& reason) {
                      reasons.push_back(id + ": " + reason);
                  };
                  return o;
              }(),
              clock) {
        REQUIRE(registry.load_all().at(0).ok);
    }

    int asked = 0;  // how often the settings were needed
    std::shared_ptr<const Connection> get(Id id, std::int64_t version) {
        const auto opened = registry.connection(id, version, "crowd", [&]() -> Result<Json> {
            ++asked;
            return Json{{"key", std::string(static_cast<std::size_t>(version), 'k')}};
        });
        REQUIRE(opened.ok());
        return *opened;
    }
};

Output turn(const Connection& connection, std::string_view op) {
    Turn turn;
    turn.op = op;
    turn.input = R"({"to":[{"address":"+1"}]})";
    turn.recipients = 1;
    return connection.advance(turn);
}

}  // namespace

// A sanitizer's dlopen lets no exception through, so there the child dies of it.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr const char* thrown_at_load = "it crashed while loading (signal 6)";
#else
constexpr const char* thrown_at_load = "its initialisers threw an exception: not today";
#endif

TEST_CASE("each refused file has one sentence, and the others are loaded") {
    struct Case {
        std::string variant, sentence;
    };
    const Case cases[] = {
        {"crashes_at_load", "it crashed while loading (signal 11)"},
        {"entry_throws", "its entry threw an exception, which must not cross the ABI"},
        {"exits_at_load", "it ended the process while loading (exit code 0)"},
        {"good", "Crowd 1.2.3 (crowd) is loaded"},
        {"manifest_bad_keyword",
         "the manifest is wrong: in settings: properties.key.x-secrte is not a keyword that this server "
         "knows"},
        {"manifest_missing_requirement",
         "it requires \"stream/1\", which this server does not have: update the server"},
        {"manifest_newer_abi",
         "it needs plugin ABI 1.7 and this server has 1.0: update the server, or use an older release of the "
         "plugin"},
        {"manifest_not_json", "the manifest cannot be read: not JSON at byte 0: Invalid value."},
        {"manifest_open_host",
         "the manifest is wrong: hosts has \"*.example\": write a host name in lower case, *.domain.tld or "
         "${setting}"},
        {"no_advance", "its table lacks open, close or advance"},
        {"no_manifest", "it has no manifest"},
        {"no_parse", "its manifest has a webhook and its table no parse"},
        {"no_verify", "its table has no verify, so the manifest's webhook.auth must be \"path\""},
        {"path_webhook", "Crowd 1.2.3 (pathway) is loaded"},
        {"prints_at_load", "Crowd 1.2.3 (printer) is loaded"},
        {"returns_null", "its entry returned null: it does not want to run on this server"},
        {"small_table", "its table has 24 bytes, ABI 1.0 has 72"},
        {"text", "it is not an ELF library"},
        {"throws_at_load", thrown_at_load},
        {"twin", ""},  // its sentence names the other's path
        {"unresolved", "it cannot be loaded: undefined symbol: nobody_defines_this"},
        {"wants_v2_only", "it has no dakiya_plugin_v1: it is not a Dakiya plugin, or needs a newer server"},
    };
    TempFolder folder;
    for (const Case& one : cases) folder.add(one.variant);
    const ManualClock clock;
    Registry registry(options(folder), clock);
    const auto loaded = registry.load_all();
    REQUIRE(loaded.size() == std::size(cases));
    for (std::size_t i = 0; i < loaded.size(); ++i) {
        INFO(cases[i].variant);
        CHECK(loaded[i].path == folder / (cases[i].variant + ".so"));
        if (cases[i].variant == "twin")
            CHECK(loaded[i].sentence ==
                  "its id \"crowd\" is taken by " + folder / "good.so" + ": remove one of them");
        else
            CHECK(loaded[i].sentence == cases[i].sentence);
        CHECK(loaded[i].ok == (loaded[i].sentence.find("is loaded") != std::string::npos));
    }
    const auto providers = registry.providers();
    REQUIRE(providers.size() == 3);
    CHECK(providers[0]->manifest().id == "crowd");
    CHECK(registry.find("pathway") == providers[1]);
    CHECK(registry.find("twin") == nullptr);

    const auto again = registry.load_all();
    CHECK(again[3].ok);
    CHECK(registry.providers() == providers);
}

TEST_CASE("two names of one file are one plugin") {
    TempFolder folder;
    std::filesystem::create_hard_link(folder.add("good"), folder / "link.so");
    const ManualClock clock;
    Registry registry(options(folder), clock);
    const auto loaded = registry.load_all();
    REQUIRE(loaded.size() == 2);
    CHECK(loaded[0].ok);
    CHECK(loaded[1].ok);
    CHECK(registry.providers().size() == 1);
}

TEST_CASE("files and folders that others could change are refused") {
    TempFolder folder;
    const std::string file = folder.add("good");
    const ManualClock clock;

    chmod(file.c_str(), 0646);
    CHECK(Registry(options(folder), clock).load_all().at(0).sentence ==
          "others may write to it: chmod go-w it");

    chmod(file.c_str(), 0644);
    chmod(folder.path().c_str(), 0777);
    const auto loaded = Registry(options(folder), clock).load_all();
    REQUIRE(loaded.size() == 1);
    CHECK(loaded[0].path == folder.path());
    CHECK(loaded[0].sentence == "others may write to it: chmod go-w it");
    chmod(folder.path().c_str(), 0700);

    Registry::Options missing = options(folder);
    missing.folders = {folder / "nowhere"};
    CHECK(Registry(missing, clock).load_all().at(0).sentence ==
          "it cannot be read: No such file or directory");
}

TEST_CASE("files that cannot be a plugin of this machine are refused before anything runs") {
    TempFolder folder;
    std::string head(64, '\0');
    head.replace(0, 7,
                 std::string("\x7F"
                             "ELF\x02\x01\x01",
                             7));
    const auto write = [&](const std::string& name, char type, char machine, std::uintmax_t size) {
        head[16] = type;
        head[18] = machine;
        std::ofstream(folder / name, std::ios::binary) << head;
        std::filesystem::resize_file(folder / name, size);
    };
    write("1machine.so", 3, 8, 64);  // MIPS
#if defined(__x86_64__)
    const char ours = 62;
    const std::string name = "x86_64";
#else
    const char ours = static_cast<char>(183);
    const std::string name = "aarch64";
#endif
    write("2program.so", 2, ours, 64);
    write("3huge.so", 3, ours, (64U << 20U) + 1);
    std::filesystem::create_directory(folder / "4folder.so");
    std::ofstream(folder / "5ignored.txt") << "x";

    const ManualClock clock;
    const auto loaded = Registry(options(folder), clock).load_all();
    REQUIRE(loaded.size() == 4);
    CHECK(loaded[0].sentence == "it is made for another machine; this one is " + name);
    CHECK(loaded[1].sentence == "it is an ELF file, but not a shared library");
    CHECK(loaded[2].sentence == "it is larger than 64 MiB");
    CHECK(loaded[3].sentence == "it is not a file");
}

TEST_CASE("a connection is opened once, and again when its settings changed") {
    Crowd crowd;
    const auto first = crowd.get(1, 1);
    CHECK(crowd.get(1, 1) == first);
    CHECK(crowd.asked == 1);

    const auto second = crowd.get(1, 2);
    CHECK(second != first);
    CHECK(crowd.get(1, 1) == second);  // a late caller gets the newer one
    CHECK(crowd.asked == 2);

    // The old one still works for whoever holds it.
    CHECK(turn(*first, "settings").records.at(0).json == Json{{"key", "k"}, {"region", "in"}});
    CHECK(turn(*second, "settings").records.at(0).json == Json{{"key", "kk"}, {"region", "in"}});

    crowd.registry.forget(1);
    crowd.registry.forget(99);
    CHECK(crowd.get(1, 1) != first);
}

TEST_CASE("the longest unused connection is closed when there are too many") {
    Crowd crowd(2);
    const std::weak_ptr<const Connection> one = crowd.get(1, 1);
    const std::weak_ptr<const Connection> two = crowd.get(2, 1);
    (void)crowd.get(1, 1);
    (void)crowd.get(3, 1);
    CHECK_FALSE(one.expired());
    CHECK(two.expired());
}

TEST_CASE("threads that ask at once get a connection of the version that they asked for, or a newer one") {
    Crowd crowd(3);
    std::atomic<int> wrong{0};
    std::vector<std::thread> threads;
    for (int t = 0; t < 8; ++t)
        threads.emplace_back([&, t] {
            for (int i = 1; i <= 200; ++i) {
                const Id id = (t + i) % 5 + 1;
                const auto opened = crowd.registry.connection(id, i, "crowd", [&]() -> Result<Json> {
                    return Json{{"key", std::string(static_cast<std::size_t>(i), 'k')}};
                });
                if (!opened.ok()) {
                    ++wrong;
                    continue;
                }
                const Output said = turn(**opened, "settings");
                if (said.records.at(0).json.at("key").text().size() < static_cast<std::size_t>(i)) ++wrong;
                if (i % 50 == 0) crowd.registry.forget(id);
            }
        });
    for (std::thread& thread : threads) thread.join();
    CHECK(wrong == 0);
}

TEST_CASE("a connection that cannot be had says why") {
    Crowd crowd;
    const auto none = [] { return Result<Json>(Json::object()); };
    const auto absent = crowd.registry.connection(1, 1, "acme", none);
    CHECK(absent.error().code == Code::not_found);
    CHECK(absent.error().text == "there is no provider \"acme\"");
    const auto sealed = crowd.registry.connection(1, 1, "crowd", [] {
        return Result<Json>(Error{Code::unavailable, "the vault is locked", {}});
    });
    CHECK(sealed.error().text == "the vault is locked");
    const auto refused = crowd.registry.connection(1, 1, "crowd", [] {
        return Result<Json>(Json{{"key", "refuse me"}});
    });
    CHECK(refused.error().text == "Crowd does not accept these settings: the key has the wrong form");
}

TEST_CASE("three broken rules in ten minutes are a quarantine, until it is released") {
    Crowd crowd;
    const auto connection = crowd.get(1, 1);
    turn(*connection, "throws_int");
    turn(*connection, "two_effects");
    crowd.clock.advance(std::chrono::minutes(10));
    turn(*connection, "two_effects");  // the first two no longer count
    turn(*connection, "two_effects");
    CHECK_FALSE(crowd.registry.quarantined("crowd"));
    CHECK(crowd.reasons.empty());

    turn(*connection, "throws_int");
    const std::string reason =
        "three broken rules in ten minutes, the last: it broke the rule on exceptions: advance threw "
        "something";
    CHECK(crowd.registry.quarantined("crowd") == reason);
    CHECK(crowd.reasons == std::vector<std::string>{"crowd: " + reason});
    const auto refused =
        crowd.registry.connection(1, 1, "crowd", [] { return Result<Json>(Json::object()); });
    CHECK(refused.error().code == Code::unavailable);
    CHECK(refused.error().text == "Crowd is in quarantine (" + reason + "): an operator can release it");

    crowd.registry.release("crowd");
    CHECK(crowd.get(1, 1) == connection);
    turn(*connection, "throws_int");
    CHECK_FALSE(crowd.registry.quarantined("crowd"));
}

TEST_CASE("two crashes are a quarantine; bad answers of a provider are none") {
    Crowd crowd;
    const auto connection = crowd.get(1, 1);
    for (int i = 0; i < 5; ++i) turn(*connection, "bad_reply");
    crowd.registry.note_fault("crowd", Fault::broken_rule, "a");
    crowd.registry.note_fault("crowd", Fault::crash, "signal 11");
    CHECK_FALSE(crowd.registry.quarantined("crowd"));
    crowd.registry.note_fault("crowd", Fault::crash, "signal 6");
    CHECK(crowd.registry.quarantined("crowd") == "two crashes in ten minutes, the last: signal 6");
    CHECK_FALSE(crowd.registry.quarantined("acme"));
}
