// Questions to a provider while somebody waits.
#include <catch2/catch.hpp>

#include "world.hpp"

using namespace dakiya;

namespace {

Result<std::vector<plugin::Record>> ask(Node& node, const std::string& op, Millis patience = Millis(20'000)) {
    return node.service.ask(World::scope, World::connection,
                            {op, Json::object(), net::Lane::single, patience});
}

}  // namespace

TEST_CASE("a question is answered with the provider's records") {
    World world(store::Dialect::sqlite, "scripted", [](const Json&) {
        return records({Json::array({"balance", Json{{"amount", "7"}}})});
    });
    Node node(world);
    const auto answer = ask(node, "balance");
    REQUIRE(answer);
    CHECK(send::record_of(*answer, "balance")->at("amount").text() == "7");
    CHECK(send::record_of(*answer, "sender") == nullptr);
}

TEST_CASE("why a question has no answer is said in words") {
    World world(store::Dialect::sqlite, "scripted", [](const Json&) { return std::nullopt; });
    Node node(world);
    const auto code = [&](const std::string& op, Millis patience = Millis(20'000)) {
        const auto answer = ask(node, op, patience);
        REQUIRE_FALSE(answer);
        CHECK_FALSE(answer.error().text.empty());
        return answer.error().code;
    };
    CHECK(code("senders") == Code::unsupported);
    CHECK(world.provider.requests() == 0);
    CHECK(code("balance", Millis(1)) == Code::unavailable);
    world.provider.on_request([](const Json&) {
        return records({Json::array({"account", Json{{"ok", false}, {"text", "the key is wrong"}}})});
    });
    const auto refused = ask(node, "balance");
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == Code::provider_refused);
    CHECK(refused.error().text == "the key is wrong");
    world.provider.on_request([](const Json&) {
        net::Reply reply = records({});
        reply.body = "<html>";
        return reply;
    });
    CHECK(code("balance") == Code::provider_refused);
    CHECK(node.service.ask(World::scope, 61, {"balance"}).error().code == Code::not_found);
}
