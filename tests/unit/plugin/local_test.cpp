#include "plugin/local.hpp"

#include <catch2/catch.hpp>

#include <atomic>
#include <sstream>
#include <thread>

#include <spdlog/sinks/ostream_sink.h>
#include <spdlog/spdlog.h>

#include "crowd.hpp"
#include "dakiya/abi.h"
#include "json_words.hpp"
#include "plugin/crypto.hpp"

using namespace dakiya;
using namespace dakiya::plugin;

namespace {

const Json settings{{"key", "secret"}, {"base_url", "https://tenant.example/api"}};
const std::string two_recipients = R"({"text":"to","to":[{"address":"+1","to":[1,2,3]},{"address":"+2"}]})";

// The entry of a library may run once in a process.
const std::shared_ptr<const Provider>& good() {
    static const auto provider = open_local(crowd("good"));
    REQUIRE(provider.ok());
    return *provider;
}

std::shared_ptr<const Connection> connect(const Json& with = settings) {
    const auto opened = good()->open(with);
    REQUIRE(opened.ok());
    return *opened;
}

Output run(std::string_view op) {
    Turn turn;
    turn.op = op;
    turn.input = two_recipients;
    turn.recipients = 2;
    return connect()->advance(turn);
}

}  // namespace

TEST_CASE("a request and its answer cross the boundary whole") {
    const auto connection = connect();
    Turn turn;
    turn.op = "send";
    turn.input = two_recipients;
    turn.recipients = 2;
    const Output first = connection->advance(turn);
    CHECK(first.status == DK_OK);
    CHECK(first.records.empty());
    REQUIRE(first.effect);
    CHECK(first.effect->kind == "http");
    CHECK(first.effect->step == "sent");
    CHECK(first.effect->http.method == "POST");
    CHECK(first.effect->http.url == "https://api.crowd.example/v1/messages");
    CHECK(first.effect->http.body == two_recipients);
    CHECK(first.effect->http.limit == "send:7");
    CHECK(first.effect->http.repeatable);
    CHECK_FALSE(first.effect->http.secret_body);
    REQUIRE(first.effect->http.headers.size() == 2);
    CHECK(first.effect->http.headers[0].name == "authorization");
    CHECK(first.effect->http.headers[0].secret);
    CHECK_FALSE(first.effect->http.headers[1].secret);

    const Reply reply{201, {{"content-type", "text/plain"}}, "M9", 0, {}};
    turn.step = first.effect->step;
    turn.memo = first.effect->memo;
    turn.reply = &reply;
    const Output second = connection->advance(turn);
    CHECK(second.status == DK_OK);
    CHECK_FALSE(second.effect);
    REQUIRE(second.records.size() == 1);
    CHECK(second.records[0].kind == "result");
    CHECK(second.records[0].json == Json{{"to", 0}, {"status", "sent"}, {"id", "201-M9"}});
}

TEST_CASE("a broken rule fails the call with a sentence that names it") {
    struct Case {
        std::string op, sentence;
    };
    const Case cases[] = {
        {"throws_std", "exceptions: advance threw: lost my way"},
        {"throws_int", "exceptions: advance threw something"},
        {"two_effects", "effects: it asked for a second effect in one turn"},
        {"unrequired_effect",
         "effects: it asked for the effect \"stream/1\", which its manifest does not require"},
        {"mail_nowhere", "addresses: its effect mail/1 names no host"},
        {"mail_elsewhere", "addresses: the host evil.example is not among the manifest's hosts"},
        {"wait_rubbish", "effects: the JSON of its effect \"wait/1\" is not an object"},
        {"huge_memo", "sizes: its memo has more than 64 KiB"},
        {"many_records", "sizes: it wrote more than 10,000 records in one turn"},
        {"huge_output", "sizes: it wrote more than 8 MiB in one turn"},
        {"second_result", "results: the record \"result\" is the second one for recipient 0"},
        {"result_out_of_range", "results: the record \"result\" is for recipient 2, and there are 2"},
        {"result_negative", "results: the record \"result\" is for recipient -1, and there are 2"},
        {"result_huge_to", "results: the record \"result\" has a \"to\" that is not a whole number"},
        {"result_no_to", "results: the record \"result\" has no \"to\""},
        {"result_bad_status",
         "results: the record \"result\" has a status that is not sent, failed or uncertain"},
        {"result_number_id", "results: the record \"result\" has a \"id\" that is not text"},
        {"result_huge_wait",
         "results: the record \"result\" has an error whose \"retry_after_ms\" is not a whole number"},
        {"record_array", "records: the record \"note\" must be an object, is array"},
        {"broken_json", "text: the record \"note\" cannot be read: not JSON at byte 8: Invalid value."},
        {"bad_utf8", "text: the record \"note\" cannot be read: not JSON at byte 9: not UTF-8."},
        {"bad_utf8_step", "text: a step is not UTF-8"},
        {"null_data", "pointers: the record \"note\" has a size and no data"},
        {"null_headers", "pointers: an array of headers has a size and no data"},
        {"null_request", "pointers: a request is null"},
        {"small_request", "sizes: its dk_request is smaller than that of ABI 1.0"},
        {"must_understand", "flags: a request has a flag that this server must understand and does not"},
        {"header_must_understand",
         "flags: a header has a flag that this server must understand and does not"},
        {"two_bodies", "requests: its request has more than one of body, body_blob and parts"},
        {"bad_method",
         "requests: the method of its request is not GET, HEAD, POST, PUT, PATCH, DELETE or OPTIONS"},
        {"wrong_host", "addresses: the host evil.example is not among the manifest's hosts"},
        {"host_of_wildcard", "addresses: the host media.crowd.example is not among the manifest's hosts"},
        {"user_info", "addresses: its URL has user info before the host: send credentials as a header"},
        {"relative_url", "addresses: its URL is not absolute: it must start with https:// or http://"},
        {"http_url", "addresses: its URL is http, and its manifest does not say \"http\": true"},
        {"header_injection", "requests: the header x-a has a control character"},
        {"header_upper", "requests: a header's name is empty or not a token in lower case: X-A"},
        {"header_framing", "requests: its request sets the header content-length, which the host writes"},
        {"header_host", "addresses: its header host differs from the host of its URL"},
        {"responds", "calls: a response was written outside verify"},
        {"status_7", "statuses: it returned 7, which is no dk_status"},
        {"works_then_breaks", "text: the record \"note\" cannot be read: not JSON at byte 0: Invalid value."},
    };
    for (const Case& one : cases) {
        INFO(one.op);
        const Output output = run(one.op);
        CHECK(output.explanation == "it broke the rule on " + one.sentence);
        CHECK(output.broke_rule);
        CHECK(output.status == DK_INTERNAL);
        CHECK(output.records.empty());
        CHECK_FALSE(output.effect);
    }
}

TEST_CASE("what is allowed passes") {
    for (const std::string op :
         {"largest_memo", "unknown_flag", "host_below", "host_of_setting", "wait", "most_records", "logs"}) {
        INFO(op);
        const Output output = run(op);
        CHECK(output.explanation.empty());
        CHECK(output.status == DK_OK);
    }
    CHECK(run("most_records").records.size() == 10'000);
    CHECK(run("largest_memo").effect->memo.size() == 65'536);
    CHECK(run("wait").effect->kind == "wait/1");
    CHECK(run("mail").effect->kind == "mail/1");
    CHECK(run("wait").effect->json == R"({"ms":5})");
}

TEST_CASE("words from a newer vocabulary are dropped or become other") {
    const Output weather = run("unknown_record");
    CHECK(weather.status == DK_OK);
    CHECK(weather.records.empty());

    const Output lunar = run("result_unknown_class");
    REQUIRE(lunar.records.size() == 1);
    CHECK(lunar.records[0].json["error"]["class"].text() == "other");
    CHECK(lunar.records[0].json["error"]["code"].text() == "9");
}

TEST_CASE("a status that is not OK comes with its explanation and nothing else") {
    const Output bad = run("bad_reply");
    CHECK(bad.status == DK_BAD_REPLY);
    CHECK(bad.explanation == "the answer makes no sense");
    CHECK_FALSE(bad.broke_rule);
    CHECK(bad.records.empty());
    CHECK(run("dance").status == DK_UNSUPPORTED);
    CHECK(run("dance").explanation == "no such operation");
}

TEST_CASE("every turn has fresh random bytes") {
    const Output one = run("entropy"), two = run("entropy");
    REQUIRE(one.effect);
    REQUIRE(two.effect);
    CHECK(one.effect->memo.size() == 32);
    CHECK(one.effect->memo != two.effect->memo);
}

TEST_CASE("open tells why it refuses") {
    const auto why = [](const char* key) { return good()->open(Json{{"key", key}}).error(); };
    CHECK(why("refuse me").text == "Crowd does not accept these settings: the key has the wrong form");
    CHECK(why("refuse me").code == Code::invalid);
    CHECK(why("throw at me").text ==
          "Crowd does not accept these settings: it broke the rule on exceptions: open threw: no");
    CHECK(why("throw at me").code == Code::unavailable);
    CHECK(why("no connection").text ==
          "Crowd does not accept these settings: it broke the rule on pointers: open returned DK_OK and no "
          "connection");
}

TEST_CASE("a host that comes from a setting is that tenant's only") {
    Turn turn;
    turn.op = "host_of_setting";
    CHECK(connect()->advance(turn).status == DK_OK);
    CHECK(connect(Json{{"key", "k"}})->advance(turn).broke_rule);
    CHECK(connect(Json{{"base_url", "https://other.example"}})->advance(turn).broke_rule);
}

TEST_CASE("verify sees raw bytes and writes the answer") {
    std::string signature;
    const std::string body = R"({"a":1})";
    crypto_table().hmac(
        {"sha256", 6}, {"hook", 4}, {body.data(), body.size()}, &signature, [](void* text, dk_bytes raw) {
            for (std::size_t i = 0; i < raw.size; ++i) {
                char two[3];
                std::snprintf(two, sizeof two, "%02x", static_cast<unsigned char>(raw.data[i]));
                *static_cast<std::string*>(text) += two;
            }
        });
    Inbound inbound{"POST", "https://us.example/webhooks/x", {{"x-sign", signature}}, body, "192.0.2.1", 1};
    const Output genuine = connect()->verify(inbound);
    CHECK(genuine.status == DK_OK);
    CHECK(genuine.respond.status == 202);
    CHECK(genuine.respond.body == "thanks");

    inbound.body[3] = 'b';
    const Output forged = connect()->verify(inbound);
    CHECK(forged.status == DK_REJECTED);
    CHECK(forged.explanation == "the signature does not match");
}

TEST_CASE("parse gives events, with words that are not known as other") {
    struct Case {
        std::string body, kind, broken;
    };
    const Case cases[] = {
        {R"({"kind":"status","id":"7","status":"delivered"})", "status", ""},
        {R"({"kind":"status","id":"7","status":"pondering"})", "other", ""},
        {R"({"kind":"eclipse"})", "other", ""},
        {R"({"kind":"inbound","message":{"kind":"text"}})", "inbound", ""},
        {R"({"kind":"inbound"})", "",
         "it broke the rule on records: the record \"event\" has no \"message\""},
        {R"({"kind":"status"})", "", "it broke the rule on records: the record \"event\" has no \"status\""},
        {R"({"kind":"inbound","message":"hello"})", "",
         "it broke the rule on records: the record \"event\" has a \"message\" that is not an object"},
        {R"({"kind":"status","status":"sent","at":1.5})", "",
         "it broke the rule on records: the record \"event\" has a \"at\" that is not a whole number"}};
    for (const Case& one : cases) {
        INFO(one.body);
        const Output output = connect()->parse({"POST", "https://us.example/", {}, one.body, {}, 1});
        CHECK(output.explanation == one.broken);
        CHECK(output.records.size() == (one.kind.empty() ? 0 : 1));
        if (!output.records.empty()) CHECK(output.records[0].json["kind"].text() == one.kind);
    }
    const Output effect = connect()->parse({"EFFECT", "https://us.example/", {}, "{}", {}, 1});
    CHECK(effect.explanation == "it broke the rule on calls: an effect was asked for outside advance");
}

TEST_CASE("a plugin without verify answers a plain 200: the host has checked the path") {
    const auto provider = open_local(crowd("path_webhook"));
    REQUIRE(provider.ok());
    const auto connection = (*provider)->open(settings);
    REQUIRE(connection.ok());
    const Output output = (*connection)->verify({"POST", "https://us.example/", {}, "x", {}, 1});
    CHECK(output.status == DK_OK);
    CHECK(output.respond.status == 0);
}

TEST_CASE("plain http needs the manifest and the operator") {
    struct Case {
        const char* variant;
        bool allow_http;
        std::string sentence;
    };
    const Case cases[] = {
        {"plain_http", false,
         "it broke the rule on addresses: its URL is http, which this server's operator does not allow"},
        {"plain_http", true, ""},
        {"good", true,
         "it broke the rule on addresses: its URL is http, and its manifest does not say \"http\": true"}};
    for (const Case& one : cases) {
        LocalOptions options;
        options.allow_http = one.allow_http;
        const TempFolder folder;  // a copy is a library of its own
        const auto provider = open_local(folder.add(one.variant), options);
        REQUIRE(provider.ok());
        Turn turn;
        turn.op = "http_url";
        const Output output = (*(*provider)->open(settings))->advance(turn);
        CHECK(output.explanation == one.sentence);
    }
}

TEST_CASE("a slow turn is logged") {
    struct Slow final : Clock {  // every look at it takes 51 ms
        mutable std::atomic<int> looks{0};
        std::int64_t now_ms() const override { return 0; }
        Steady steady() const override { return Steady(Millis(51) * ++looks); }
    };
    static const Slow clock;
    LocalOptions options;
    options.clock = &clock;
    const TempFolder folder;
    const auto provider = open_local(folder.add("good"), options);
    REQUIRE(provider.ok());

    const auto before = spdlog::default_logger();
    std::ostringstream lines;
    spdlog::set_default_logger(
        std::make_shared<spdlog::logger>("test", std::make_shared<spdlog::sinks::ostream_sink_mt>(lines)));
    Turn turn;
    turn.op = "logs";
    const auto connection = (*provider)->open(settings);
    (*connection)->advance(turn);
    spdlog::set_default_logger(before);
    CHECK_THAT(lines.str(),
               Catch::Contains("plugin crowd: advance took 51 ms; a turn should stay under 1 ms"));
    CHECK_THAT(lines.str(), Catch::Contains("plugin crowd: two?lines"));
}

TEST_CASE("a connection serves eight threads at once") {
    const auto connection = connect();
    std::atomic<int> good_turns{0};
    std::vector<std::thread> threads;
    for (int t = 0; t < 8; ++t)
        threads.emplace_back([&] {
            Turn turn;
            turn.op = "send";
            turn.input = two_recipients;
            turn.recipients = 2;
            for (int i = 0; i < 500; ++i)
                if (const Output out = connection->advance(turn); out.effect && out.status == DK_OK)
                    ++good_turns;
        });
    for (std::thread& thread : threads) thread.join();
    CHECK(good_turns == 4'000);
}
