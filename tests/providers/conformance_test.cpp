// The suite that judges providers is judged here: for every rule a provider that breaks it.
#include "dakiya/testing/conformance.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <atomic>

#include "dakiya/crypto.hpp"
#include "dakiya/provider.hpp"

using namespace dakiya;

namespace {

constexpr const char* manifest = R"({
    "id": "good", "name": "Good", "version": "1.0.0", "abi": "1.0", "channels": ["sms"],
    "hosts": ["api.good.example"], "requires": ["http"],
    "ops": {"send": {"kinds": ["text"], "batch": {"max": 10}}},
    "webhook": {"auth": "signature", "events": ["status"]},
    "settings": {"version": 1, "type": "object", "required": ["api_key"], "properties": {
        "api_key": {"type": "string", "title": "API key", "x-secret": true}}}})";

// Obeys every rule; the others change one thing.
class Good : public dakiya::Connection {
public:
    explicit Good(const Settings& s) : key_(s.text("api_key")) {}

    Next send(const Send& in, const Turn& turn) const override {
        if (!turn.reply())
            return Http::post("https://api.good.example/send").bearer(key_).json({{"to", in.to[0].address}});
        Next next = Next::done();
        for (std::size_t i = 0; i < in.to.size(); ++i) {
            if (turn.reply()->ok())
                next.sent(i, turn.reply()->json().at("id"));
            else
                next.failed(i, {"provider", std::to_string(turn.reply()->status()), "refused"});
        }
        return next;
    }
    std::string verify(const dakiya::Inbound& in) const override {
        if (!equal(in.header("x-signature"), hmac_sha256_hex(key_, in.body())))
            throw Fault(DK_REJECTED, "signature does not match");
        return "ok";
    }
    std::vector<Event> parse(const dakiya::Inbound& in) const override {
        return {Event::status(in.json().at("id"), Status::delivered, in.json().value("at", 0))};
    }

protected:
    std::string key_;
};

constexpr const char* send_case = R"({
    "op": "send", "input": {"kind": "text", "text": "Hi", "to": [{"address": "+15550101234"}]},
    "turns": [{"request": {"method": "POST", "url": "https://api.good.example/send",
                           "headers": {"authorization": "Bearer <api_key>"}, "json": {"to": "+15550101234"}},
               "reply": {"json": {"id": "m1"}}}],
    "expect": {"records": [{"result": {"to": 0, "status": "sent", "id": "m1"}}]}})";
constexpr const char* hook_case = R"({
    "inbound": {"headers": {"x-signature": "<hmac_sha256_hex:api_key>"}, "json": {"id": "m1", "at": 1795000000000}},
    "expect": {"verify": 200, "respond": "ok", "records": [{"event": {"kind": "status", "id": "m1"}}]}})";
constexpr const char* forged_case = R"({
    "inbound": {"headers": {"x-signature": "00"}, "json": {"id": "m1"}}, "expect": {"verify": "rejected"}})";

std::vector<testing::Case> cases(const char* send = send_case) {
    const Json shared{{"api_key", "s3cret-value"}};
    return {testing::detail::read_case("send", Json::parse(send), shared),
            testing::detail::read_case("hook", Json::parse(hook_case), shared),
            testing::detail::read_case("forged", Json::parse(forged_case), shared)};
}

template <class T>
testing::Report judge(const std::string& text = manifest, std::vector<testing::Case> played = cases()) {
    dakiya::detail::host = &testing::detail::host();
    const dk_plugin table = dakiya::detail::make_plugin<T>(text);
    const testing::Plugin plugin(table);
    const testing::Schemas schemas(DAKIYA_SCHEMAS);
    return testing::Conformance(plugin, std::move(played), &schemas).run();
}

bool says(const testing::Report& report, const std::string& words) {
    return std::any_of(report.failures.begin(), report.failures.end(), [&](const std::string& sentence) {
        return sentence.find(words) != std::string::npos;
    });
}

std::string changed(std::string text, const std::string& from, const std::string& to) {
    const std::size_t at = text.find(from);
    REQUIRE(at != text.npos);
    return text.replace(at, from.size(), to);
}

struct Forgetful : Good {
    using Good::Good;
    Next send(const Send& in, const Turn& turn) const override {
        return turn.reply() ? Next::done() : Good::send(in, turn);
    }
};
struct Moody : Good {
    using Good::Good;
    Next send(const Send& in, const Turn& turn) const override {
        static std::atomic<int> calls{0};
        return turn.reply() ? Good::send(in, turn)
                            : Good::send(in, turn).then(Http::post("https://api.good.example/send")
                                                            .header("x-call", std::to_string(++calls)));
    }
};
struct Talkative : Good {
    using Good::Good;
    Next send(const Send& in, const Turn& turn) const override {
        if (turn.reply() && !turn.reply()->ok()) throw Fault(DK_BAD_REPLY, "refused for key " + key_);
        return Good::send(in, turn);
    }
};
// Quotes what was sent, as some providers do in their refusals.
struct Quoting : Good {
    using Good::Good;
    Next send(const Send& in, const Turn& turn) const override {
        if (turn.reply() && !turn.reply()->ok())
            return Next::done().failed(0, {"auth", "401", "no such key: " + percent(key_)});
        return Good::send(in, turn);
    }
};
struct Logging : Good {
    using Good::Good;
    Next send(const Send& in, const Turn& turn) const override {
        return Good::send(in, turn).log("asked with " + base64(key_));
    }
};
struct Clumsy : Good {
    using Good::Good;
    Next send(const Send& in, const Turn& turn) const override {
        if (turn.reply() && turn.reply()->status() == 418) throw std::logic_error("a teapot");
        return Good::send(in, turn);
    }
};
struct Wanderer : Good {
    using Good::Good;
    Next send(const Send& in, const Turn& turn) const override {
        return turn.reply() ? Good::send(in, turn) : Next(Http::post("https://api.evil.example/send"));
    }
};
struct Inventive : Good {
    using Good::Good;
    Next send(const Send& in, const Turn& turn) const override {
        return turn.reply() ? Next::done().failed(0, {"my_class", "1", "no"}) : Good::send(in, turn);
    }
};
struct Trusting : Good {
    using Good::Good;
    std::string verify(const dakiya::Inbound& in) const override {
        return in.header("x-signature") == "00" ? Good::verify(in) : "ok";
    }
};
struct Willing : Good {
    using Good::Good;
    Next other(const Turn&) const override { return Next::done(); }
};
struct Believing : Good {
    using Good::Good;
    Next other(const Turn& turn) const override {
        if (turn.op() != "check") return Connection::other(turn);
        if (!turn.reply()) return Http::get("https://api.good.example/me").bearer(key_);
        return Next::done().record("account", {{"ok", turn.reply()->ok()}});
    }
};
struct Small : Good {
    using Good::Good;
    Next other(const Turn& turn) const override {
        if (turn.op() != "status") return Connection::other(turn);
        if (turn.input().at("ids").size() > 15) throw Fault(DK_BAD_INPUT, "15 at most");
        return Next::done();
    }
};

}  // namespace

TEST_CASE("a provider that obeys every rule passes") {
    const testing::Report report = judge<Good>();
    CAPTURE(report.failures);
    CHECK(report.failures.empty());
    CHECK(report.cases == 3);
    CHECK(report.checks > 1000);
}

TEST_CASE("each broken rule is found and named") {
    CHECK(says(judge<Forgetful>(), "0 results for 1 recipients"));
    CHECK(says(judge<Moody>(), "must be a pure function"));
    CHECK(says(judge<Talkative>(), "the explanation shows a secret setting"));
    CHECK(says(judge<Quoting>(), "a \"result\" record shows a secret setting"));
    CHECK(says(judge<Logging>(), "a log line shows a secret setting"));
    CHECK(says(judge<Clumsy>(), "status 418: fault in the plugin: a teapot"));
    CHECK(says(judge<Wanderer>(), "\"hosts\" does not name api.evil.example"));
    CHECK(says(judge<Inventive>(), "error class that is not in the list"));
    CHECK(says(judge<Trusting>(), "verify accepts a body with a flipped bit"));
    CHECK(says(judge<Willing>(), "an unknown operation must be answered UNSUPPORTED"));
}

TEST_CASE("a provider takes as many ids in one question as its manifest says") {
    const auto judged = [](const char* status) {
        std::vector<testing::Case> played = cases();
        const Json shared{{"api_key", "s3cret-value"}};
        const Json one{{"op", "status"},
                       {"input", Json{{"ids", Json::array({"m1"})}}},
                       {"expect", Json{{"records", Json::array()}}}};
        played.push_back(testing::detail::read_case("status", one, shared));
        return judge<Small>(changed(manifest, R"("send": {)", status + std::string(R"(, "send": {)")),
                            played);
    };
    CHECK(
        says(judged(R"("status": {})"), "as many ids as the manifest allows: answered BAD_INPUT 15 at most"));
    CHECK(judged(R"("status": {"max": 15})").failures.empty());
}

TEST_CASE("a login page in the place of the provider is no working account") {
    const char* check =
        R"({"op": "check", "turns": [{"request": {"method": "GET", "url": "https://api.good.example/me"},
        "reply": {"json": {"name": "Acme"}}}], "expect": {"records": [{"account": {"ok": true}}]}})";
    std::vector<testing::Case> played = cases();
    played.push_back(
        testing::detail::read_case("check", Json::parse(check), Json{{"api_key", "s3cret-value"}}));
    CHECK(says(judge<Believing>(changed(manifest, R"("send": {)", R"("check": {}, "send": {)"), played),
               "check, answered by a login page: the account must not be called ok"));
}

TEST_CASE("the manifest is read strictly") {
    CHECK(says(judge<Good>(changed(manifest, R"(, "x-secret": true)", "")), "does not say \"x-secret\""));
    CHECK(says(judge<Good>(changed(manifest, R"("title": "API key", )", "")), "has no title"));
    CHECK(says(judge<Good>(changed(manifest, R"("channels": ["sms"],)", "")), "breaks \"required\""));
    CHECK(says(judge<Good>(changed(manifest, R"("send": {)", R"("check": {}, "send": {)")),
               "no case plays the operation \"check\""));
    CHECK(says(judge<Good>(changed(manifest, R"(["api.good.example"])", R"(["${base_url}"])")),
               "names a setting that does not exist"));
}

TEST_CASE("a case that does not fit what happens fails") {
    const std::tuple<const char*, const char*, const char*> table[] = {
        {R"("json": {"to": "+15550101234"})", R"("json": {"to": "+1"})", "body: to: expected \"+1\""},
        {R"(Bearer <api_key>)", "Bearer x", "header authorization: expected \"Bearer x\""},
        {R"("url": "https://api.good.example/send")", R"("url": "https://api.good.example/s")",
         "expected POST"},
        {R"("status": "sent")", R"("status": "failed")", "record 0: result.status"},
        {R"([{"result": {"to": 0, "status": "sent", "id": "m1"}}])", "[]", "expected 0 records"},
    };
    for (const auto& [from, to, words] : table) {
        CAPTURE(words);
        CHECK(says(judge<Good>(manifest, cases(changed(send_case, from, to).c_str())), words));
    }
}

TEST_CASE("a case with an unknown key is refused, so that a typing error cannot hide a check") {
    CHECK_THROWS_WITH(cases(changed(send_case, "\"turns\"", "\"turn\"").c_str()), "unknown key \"turn\"");
}
