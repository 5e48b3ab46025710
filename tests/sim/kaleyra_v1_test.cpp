#include "kaleyra_v1.hpp"
#include "calls.hpp"

#include <catch2/catch.hpp>

using namespace sim;
using dakiya::Json;

namespace {

const std::string path = "/v1/HXIN1700000001IN/messages";

Call template_call(const std::pair<std::string, std::string>& change = {}) {
    Form form{{"channel", "whatsapp"},
              {"from", "919800000009"},
              {"to", "+919812345678"},
              {"type", "template"},
              {"template_name", "order_update"},
              {"lang_code", "en"},
              {"params", R"("Asha","7, and 8")"},
              {"ref", "msg_1"}};
    bool known = change.first.empty();
    for (auto& [name, value] : form)
        if (name == change.first) value = change.second, known = true;
    if (!known) form.push_back(change);
    return {
        "POST",
        path,
        encode_form(form),
        {{"api-key", "A0123456789simKaleyraV1Key"}, {"Content-Type", "application/x-www-form-urlencoded"}}};
}

}  // namespace

TEST_CASE("Kaleyra V1: a template is taken, with an id of its own") {
    World world;
    KaleyraV1 player(world);
    const Reply reply = call(player, template_call());
    CHECK(reply.status == 202);
    const Json taken = Json::parse(reply.body).at("data").at(std::size_t{0});
    CHECK(taken.at("message_id").text() == world.ledger().id(0));
    CHECK(violation_count(world.violations()) == 0);
}

TEST_CASE("Kaleyra V1: a template has the header and the quick replies with which it was made") {
    const Form right{{"channel", "whatsapp"},    {"from", "919800000009"},
                     {"to", "+919812345678"},    {"type", "mediatemplate"},
                     {"template_name", "offer"}, {"lang_code", "en"},
                     {"params", R"("Asha")"},    {"media_url", "https://cdn.example/a.png"},
                     {"payload1", "yes"},        {"payload2", "no"}};
    const auto status_of = [](Form form, const std::string& name, const std::string& value) {
        World world;
        KaleyraV1 player(world);
        for (auto& [key, old] : form)
            if (key == name) old = value;
        if (name == "payload3") form.emplace_back(name, value);
        Call made = template_call();
        made.body = encode_form(form);
        return call(player, made).status;
    };
    CHECK(status_of(right, "", "") == 202);
    CHECK(status_of(right, "type", "template") == 400);
    CHECK(status_of(right, "media_url", "") == 400);
    CHECK(status_of(right, "payload3", "more") == 400);
}

TEST_CASE("Kaleyra V1: what a correct client does not send") {
    const auto change =
        GENERATE(values<std::pair<std::string, std::string>>({{"channel", "sms"},
                                                              {"from", "919800000001"},
                                                              {"to", "98"},
                                                              {"type", "location"},
                                                              {"template_name", "other"},
                                                              {"lang_code", "hi"},
                                                              {"params", "Asha,7"},
                                                              {"params", R"("Asha")"},
                                                              {"type", "mediatemplate"},
                                                              {"type", "text"},
                                                              {"messaging_product", "whatsapp"}}));
    World world;
    KaleyraV1 player(world);
    CHECK(call(player, template_call(change)).status == 400);
    CHECK(violation_count(world.violations()) == 1);
    CHECK(world.ledger().size() == 0);
}

TEST_CASE("Kaleyra V1: the other version of the API, and a wrong key") {
    World world;
    KaleyraV1 player(world);
    Call other = template_call();
    other.target = "/v2/HXIN1700000001IN/whatsapp/919800000009/messages";
    CHECK(call(player, other).status == 401);
    CHECK(violation_count(world.violations()) == 1);
    Call stranger = template_call();
    stranger.headers[0].second = "wrong";
    CHECK(call(player, stranger).status == 401);
    CHECK(violation_count(world.violations()) == 1);
}
