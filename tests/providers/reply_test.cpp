#include "dakiya/reply.hpp"

#include <catch2/catch.hpp>

#include "dakiya/testing/library.hpp"
#include "dakiya/verdict.hpp"

using namespace dakiya;

namespace {

// What reading() finds in a reply, as one "note" record: a Reply lives only as long as the turn.
class Reader : public dakiya::Connection {
public:
    explicit Reader(const Settings&) {}
    Next other(const Turn& turn) const override {
        const Reply& reply = *turn.reply();
        return Next::done().record("note", {{"body", body_of(reply)},
                                            {"object", object_of(reply) != nullptr},
                                            {"id", word(body_of(reply), "id")},
                                            {"plain", plain_words(reply)},
                                            {"wait", retry_after_ms(reply)},
                                            {"gone", unreachable("Acme", reply)},
                                            {"gone_too", unreachable("Acme", reply, "the data region")}});
    }
};

class Judge : public dakiya::Connection {
public:
    explicit Judge(const Settings&) {}
    Next other(const Turn&) const override {
        return verdict(false, "The key ended: make a new one.", {{"class", "auth"}, {"name", "Acme"}});
    }
};

template <class T>
Json only_record(testing::Turn turn) {
    const dk_plugin table = dakiya::detail::make_plugin<T>(R"({"id": "acme"})");
    const testing::Plugin plugin(table);
    const testing::Connection connection(plugin, "{}");
    REQUIRE(connection.open());
    turn.op = "check";
    const testing::Outcome outcome = connection.advance(turn);
    INFO(outcome.explanation);
    REQUIRE(outcome.records.size() == 1);
    Json record = Json::parse(outcome.records[0].json);
    record.set("kind", outcome.records[0].kind);
    return record;
}

Json reading(testing::Reply reply) {
    testing::Turn turn;
    turn.reply = std::move(reply);
    return only_record<Reader>(std::move(turn));
}

Json body(std::string text) { return reading({200, {}, std::move(text), 0, ""}); }

std::int64_t wait_of(const char* header) {
    return reading({429, {{"retry-after", header}}, "", 0, ""})["wait"].integer();
}

}  // namespace

TEST_CASE("A reply that is no JSON has a body of null") {
    CHECK(body(R"({"id": 7})")["body"] == Json{{"id", 7}});
    CHECK(body("[1]")["body"] == Json::array({1}));
    CHECK(body("<html>")["body"].is_null());
    CHECK(body("")["body"].is_null());
    CHECK(body("{}")["object"] == Json(true));
    CHECK(body("[]")["object"] == Json(false));
    CHECK(body("{")["object"] == Json(false));
}

TEST_CASE("A word is a text, a number or a boolean") {
    CHECK(body(R"({"id": "a"})")["id"] == Json("a"));
    CHECK(body(R"({"id": 7})")["id"] == Json("7"));
    CHECK(body(R"({"id": true})")["id"] == Json("true"));
    for (const char* odd : {R"({"id": null})", R"({"id": ["a"]})", R"({"id": {}})", "{}", "[]", "no"})
        CHECK(body(odd)["id"] == Json(""));
}

TEST_CASE("Plain words are quoted, pages are not") {
    CHECK(body("No credits left")["plain"] == Json("No credits left"));
    CHECK(body(std::string(299, 'x') + "€€")["plain"] == Json(std::string(299, 'x')));
    CHECK(body("<html>502</html>")["plain"] == Json(""));
    CHECK(body("\xff\xfe")["plain"] == Json(""));
}

TEST_CASE("Retry-After is read in seconds") {
    CHECK(wait_of("7") == 7000);
    CHECK(wait_of("99999") == 99'999'000);
    for (const char* odd : {"", "-1", "1.5", "100000", "Fri, 31 Dec 2027 23:59:59 GMT"})
        CHECK(wait_of(odd) == 0);
}

TEST_CASE("No reply is explained to people") {
    const auto gone = [](const char* error, const char* key) {
        return reading({0, {}, "", 0, error})[key].text();
    };
    CHECK(gone("timeout", "gone") == "Acme did not answer in time: try again later");
    CHECK(gone("connect", "gone") ==
          "Acme could not be reached (connect): check this server's internet access, then try again");
    CHECK(
        gone("connect", "gone_too") ==
        "Acme could not be reached (connect): check this server's internet access and the data region, then "
        "try again");
    CHECK(gone("tls", "gone") ==
          "No secure connection to Acme could be made: check this server's clock and network");
}

TEST_CASE("A verdict is the account record of check") {
    CHECK(only_record<Judge>({}) == Json{{"ok", false},
                                         {"text", "The key ended: make a new one."},
                                         {"class", "auth"},
                                         {"name", "Acme"},
                                         {"kind", "account"}});
}
