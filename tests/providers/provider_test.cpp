#include "dakiya/provider.hpp"

#include <catch2/catch.hpp>

#include "dakiya/testing/library.hpp"

using namespace dakiya;

namespace {

// Answers `send` with whatever the test wants to throw or return.
class Scripted : public dakiya::Connection {
public:
    explicit Scripted(const Settings& s) : word_(s.text("word")) {}

    Next send(const Send& in, const Turn& turn) const override {
        if (word_ == "fault") throw Fault(DK_UNSUPPORTED, "not this one");
        if (word_ == "json") (void)Json::object().at("missing");
        if (word_ == "bug") throw std::logic_error("a bug");
        if (word_ == "odd") throw 42;
        if (word_ == "wait" && !turn.reply()) return Next::wait(250, "again", "memo");
        return Next::done().sent(0, in.to[0].ref, {2, 7500, "USD"}).limit("send:a", {{"remaining", 3}});
    }

private:
    std::string word_;
};

class Deaf : public Scripted {
public:
    using Scripted::Scripted;
    std::vector<Event> parse(const dakiya::Inbound&) const override { return {}; }
};

constexpr const char* manifest = R"({"id": "scripted"})";

testing::Outcome call(const std::string& word, std::optional<testing::Reply> reply = std::nullopt) {
    const dk_plugin table = dakiya::detail::make_plugin<Scripted>(manifest);
    const testing::Plugin plugin(table);
    const testing::Connection connection(plugin, Json{{"word", word}}.dump());
    REQUIRE(connection.open());
    testing::Turn turn;
    turn.op = "send";
    turn.input = R"({"kind":"text","text":"Hi","to":[{"address":"+1","ref":"msg_1"}]})";
    turn.reply = std::move(reply);
    return connection.advance(turn);
}

}  // namespace

TEST_CASE("nothing that is thrown leaves the plugin") {
    const std::tuple<const char*, dk_status, const char*> table[] = {
        {"fault", DK_UNSUPPORTED, "not this one"},
        {"json", DK_BAD_INPUT, "\"missing\" is missing"},
        {"bug", DK_INTERNAL, "a bug"},
        {"odd", DK_INTERNAL, "something was thrown that is not a std::exception"}};
    for (const auto& [word, status, explanation] : table) {
        const testing::Outcome outcome = call(word);
        CHECK(outcome.status == status);
        CHECK(outcome.explanation == explanation);
        CHECK(outcome.records.empty());
    }
    CHECK(call("json", testing::Reply{200, {}, "", 0, ""}).status == DK_BAD_REPLY);
}

TEST_CASE("records and effects reach the host as they were written") {
    const testing::Outcome sent = call("send");
    REQUIRE(sent.records.size() == 2);
    CHECK(sent.records[0].json ==
          R"({"to":0,"status":"sent","id":"msg_1","parts":2,"cost":7500,"currency":"USD"})");
    CHECK(sent.records[1].kind == "limit");
    CHECK(sent.records[1].json == R"({"remaining":3,"key":"send:a"})");

    const testing::Outcome waiting = call("wait");
    REQUIRE(waiting.asked.size() == 1);
    CHECK(waiting.asked[0].kind == "wait/1");
    CHECK(waiting.asked[0].body == R"({"ms":250})");
    CHECK(waiting.asked[0].step == "again");
    CHECK(waiting.asked[0].memo == "memo");
}

TEST_CASE("functions that are not overridden are absent from the table") {
    const dk_plugin none = dakiya::detail::make_plugin<Scripted>(manifest);
    const dk_plugin parses = dakiya::detail::make_plugin<Deaf>(manifest);
    CHECK_FALSE(none.verify);
    CHECK_FALSE(none.parse);
    CHECK_FALSE(parses.verify);
    CHECK(parses.parse);
}

TEST_CASE("settings that are missing are named, unless there is a fallback") {
    const Settings settings(
        Json::parse(R"({"text": "a", "on": true, "number": 7, "empty": "", "list": ["x", "y"]})"));
    CHECK(settings.text("text") == "a");
    CHECK(settings.text("none", "b") == "b");
    CHECK(settings.flag("on"));
    CHECK_FALSE(settings.flag("none"));
    CHECK(settings.integer("number") == 7);
    CHECK(settings.integer("none", 3) == 3);
    CHECK_FALSE(settings.optional("empty"));
    CHECK(settings.list("list") == std::vector<std::string>{"x", "y"});
    CHECK_THROWS_WITH(settings.text("none"), "setting \"none\" is missing");
    CHECK_THROWS_AS(settings.integer("text"), JsonError);
}

TEST_CASE("a request says everything that the host must know") {
    testing::Outcome outcome;
    dk_sink sink = testing::detail::make_sink(outcome);
    Http::post("https://a.example/p?x=1")
        .query("y", "a b")
        .basic("user", "pass")
        .header("X-Key", "k")
        .form({{"To", "+1"}, {"Body", "a&b"}})
        .limit("send:1")
        .repeatable()
        .secret_body()
        .timeout_ms(5000)
        .max_reply(100)
        .write(sink);
    REQUIRE(outcome.asked.size() == 1);
    const testing::Asked& asked = outcome.asked[0];
    CHECK(asked.method == "POST");
    CHECK(asked.url == "https://a.example/p?x=1&y=a%20b");
    CHECK(asked.header("authorization") == "Basic dXNlcjpwYXNz");
    CHECK(asked.header("x-key") == "k");
    CHECK(asked.header("content-type") == "application/x-www-form-urlencoded");
    CHECK(asked.body == "To=%2B1&Body=a%26b");
    CHECK(asked.limit == "send:1");
    CHECK(asked.flags == (DK_HTTP_REPEATABLE | DK_HTTP_SECRET_BODY));
    CHECK(asked.timeout_ms == 5000);
    CHECK(asked.max_reply == 100);
}

TEST_CASE("a send without what its kind needs is refused with the name of the field") {
    const std::pair<const char*, const char*> table[] = {
        {R"({"kind":"template","to":[{"address":"+1"}]})", "\"template\" is missing"},
        {R"({"kind":"media","media":{"type":"image"},"to":[{"address":"+1"}]})",
         "media needs \"url\", \"handle\" or \"blob\""},
        {R"({"kind":"interactive","to":[{"address":"+1"}]})", "\"interactive\" is missing"},
        {R"({"kind":"text","to":[]})", "\"to\" is empty"},
        {R"({"kind":"text","to":[{}]})", "\"address\" is missing"}};
    for (const auto& [input, words] : table) CHECK_THROWS_WITH(read_send(Json::parse(input)), words);
}
