#include "twofactor.hpp"
#include "calls.hpp"

#include <catch2/catch.hpp>

using namespace sim;
using dakiya::Json;

namespace {

const std::string base = "/API/V1/0a1b2c3d-4e5f-11f0-8a1b-0200cd936042";
const std::vector<std::pair<std::string, std::string>> headers = {
    {"Content-Type", "application/x-www-form-urlencoded"}};

Call sms(const std::string& changes = "") {
    return {"POST", "/API/R1/",
            "module=TRANS_SMS&apikey=0a1b2c3d-4e5f-11f0-8a1b-0200cd936042&from=ACMEIN&to=919812345678&" +
                (changes.empty() ? "templatename=order_update&var1=Asha&var2=7" : changes),
            headers};
}

std::string details(const Reply& reply) { return Json::parse(reply.body).at("Details"); }
std::string status(const Reply& reply) { return Json::parse(reply.body).at("Status"); }

}  // namespace

TEST_CASE("2Factor: a transactional SMS is accepted, written down and reported as XML") {
    World world;
    TwoFactor player(world);
    const Reply reply = call(player, sms());
    REQUIRE(status(reply) == "Success");
    REQUIRE(world.ledger().size() == 1);
    CHECK(details(reply) == world.ledger().id(0));
    CHECK(world.ledger().params(world.ledger()[0]) == R"(["Asha","7"])");
    CHECK(violation_count(world.violations()) == 0);
    const Reply report = call(player, {"GET", base + "/ADDON_SERVICES/RPT/TSMS/" + details(reply), "", {}});
    CHECK(report.body.find("<logStatus>valid") != std::string::npos);
}

TEST_CASE("2Factor: failures are HTTP 200, and what no correct client sends is a violation") {
    struct Wrong {
        Call call;
        const char* words;
        bool violation;
    };
    const Wrong wrongs[] = {
        {sms("templatename=nope"), "Incorrect sender id and templatename provided", false},
        {sms("var1=x"), "Missing templatename value", true},
        {{"GET", "/API/V1/other-key/BAL/SMS", "", {}}, "Invalid API Key", false},
        {{"GET", base + "/NOPE", "", {}}, "no such path: /NOPE", true},
        {{"GET", "/API/R1/?apikey=x", "", {}}, "the key would be in the address: use POST", true},
    };
    for (const Wrong& wrong : wrongs) {
        World world;
        TwoFactor player(world);
        const Reply reply = call(player, wrong.call);
        CAPTURE(reply.body);
        CHECK(status(reply) == "Error");
        CHECK(details(reply) == wrong.words);
        CHECK((violation_count(world.violations()) == 1) == wrong.violation);
        CHECK(world.ledger().size() == 0);
    }
}

TEST_CASE("2Factor: a one-time code matches once, and is expired beside a Success after that") {
    World world;
    TwoFactor player(world);
    const std::string session =
        details(call(player, {"GET", base + "/SMS/919812345678/AUTOGEN/login%20code", "", {}}));
    const std::string code(world.ledger().text(world.ledger()[0]));
    const auto verify = [&](const std::string& digits) {
        return call(player, {"GET", base + "/SMS/VERIFY/" + session + '/' + digits, "", {}});
    };
    CHECK(verify("1").status == 400);
    CHECK(details(verify(code)) == "OTP Matched");
    CHECK(status(verify(code)) == "Success");
    CHECK(details(verify(code)) == "OTP Expired");
    CHECK(status(call(player, {"GET", base + "/SMS/919812345678/AUTOGEN/nope", "", {}})) == "Error");
}
