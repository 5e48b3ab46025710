#include "send/redacted.hpp"

#include <catch2/catch.hpp>

using namespace dakiya;

namespace {

// Says its secret wherever it can.
class Chatty final : public plugin::Connection {
public:
    const plugin::Manifest& manifest() const override { return manifest_; }
    plugin::Output advance(const plugin::Turn&) const override { return said(); }
    plugin::Output verify(const plugin::Inbound&) const override { return said(); }
    plugin::Output parse(const plugin::Inbound&) const override { return said(); }

private:
    static plugin::Output said() {
        plugin::Output output;
        output.explanation = "bad token s3cret-token";
        output.records.push_back({"account", Json{{"ok", false}, {"text", "token s3cret-token expired"}}});
        output.records.push_back(
            {"result",
             Json{{"to", 0}, {"error", {{"class", "auth"}, {"text", "Basic YTpzM2NyZXQtdG9rZW4="}}}}});
        output.records.push_back({"template", Json{{"name", "x"}, {"reason", "s3cret-token"}}});
        return output;
    }
    plugin::Manifest manifest_;
};

}  // namespace

TEST_CASE("what a plugin says loses the connection's secrets") {
    net::Redactor redactor;
    const auto handle = redactor.add("s3cret-token");
    const auto connection = send::redacted(std::make_shared<Chatty>(), redactor);
    for (const plugin::Output& output :
         {connection->advance({}), connection->verify({}), connection->parse({})}) {
        CHECK(output.explanation == "bad token [secret]");
        CHECK(output.records.at(0).json.at("text").text() == "token [secret] expired");
        const std::string basic = output.records.at(1).json.at("error").at("text");
        CHECK(basic.find("YTpz") == std::string::npos);
        CHECK(output.records.at(2).json.at("reason").text() == "[secret]");
    }
}
