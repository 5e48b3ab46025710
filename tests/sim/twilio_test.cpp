#include "twilio.hpp"
#include "calls.hpp"

#include <catch2/catch.hpp>

#include <set>

using namespace sim;
using dakiya::Json;

namespace {

const std::string account = "/2010-04-01/Accounts/AC00000000000000000000000000000001";
const std::vector<std::pair<std::string, std::string>> headers = {
    {"Authorization",
     "Basic " + base64("AC00000000000000000000000000000001:0123456789abcdef0123456789abcdef")},
    {"Content-Type", "application/x-www-form-urlencoded"}};

Call message(const std::string& form) { return {"POST", account + "/Messages.json", form, headers}; }

const std::string to = "To=%2B919812345678&MessagingServiceSid=MG00000000000000000000000000000009";
const std::string content =
    "To=whatsapp%3A%2B919812345678&From=whatsapp%3A%2B14155238886&ContentSid="
    "HX00000000000000000000000000000001";

}  // namespace

TEST_CASE("Twilio: a message is created, found by its number and read back") {
    World world;
    Twilio twilio(world);
    const Reply reply = call(twilio, message(to + "&Body=Hello+Asha&StatusCallback=https%3A%2F%2Fmsg.example."
                                                  "test%2Fwebhooks%2Ftwilio%2Fc1%3Fm%3D42"));
    REQUIRE(reply.status == 201);
    const Json body = Json::parse(reply.body);
    CHECK(body["status"] == Json("accepted"));
    CHECK(body["from"].is_null());
    CHECK(body["num_segments"] == Json("0"));
    REQUIRE(world.ledger().size() == 1);
    CHECK(world.ledger().ref(world.ledger()[0]) == "42");
    CHECK(violation_count(world.violations()) == 0);

    const std::string sid = body.at("sid");
    const Json read =
        Json::parse(call(twilio, {"GET", account + "/Messages/" + sid + ".json", "", headers}).body);
    CHECK(read["sid"] == Json(sid));
    const auto list = [&](const std::string& query) {
        return Json::parse(
                   call(twilio, {"GET", account + "/Messages.json?" + query, "", headers}).body)["messages"]
            .size();
    };
    CHECK(list("To=%2B919812345678&DateSent%3E=2026-01-01") == 1);
    CHECK(list("To=%2B919812345678&DateSent%3E=2999-01-01") == 0);
    CHECK(list("To=%2B919812345679") == 0);
    CHECK(list("To=whatsapp%3A%2B919812345678") == 0);
}

TEST_CASE("Twilio: what the contract does not allow is refused with its code") {
    struct Wrong {
        const char* why;
        std::string form;
        int code;
    };
    const Wrong wrongs[] = {
        {"no number", "MessagingServiceSid=MG00000000000000000000000000000009&Body=x", 21604},
        {"raw plus", "To=+919812345678&MessagingServiceSid=MG00000000000000000000000000000009&Body=x", 21211},
        {"two numbers", to + "&To=%2B919812345679&Body=x", 21653},
        {"comma list",
         "To=%2B919812345678,%2B919812345679&MessagingServiceSid=MG00000000000000000000000000000009&Body=x",
         21653},
        {"no sender", "To=%2B919812345678&Body=x", 21603},
        {"foreign sender", "To=%2B919812345678&From=%2B15550009999&Body=x", 21606},
        {"channels differ", "To=whatsapp%3A%2B919812345678&From=%2B15550100001&Body=x", 21660},
        {"nothing to say", to, 21602},
        {"too long", to + "&Body=" + std::string(1601, 'x'), 21617},
        {"unknown parameter", to + "&Body=x&Tags=y", 20001},
        {"bad callback", to + "&Body=x&StatusCallback=https%3A%2F%2Fa_b.test%2F", 21609},
        {"variables are not JSON", content + "&ContentVariables=x", 21656},
        {"empty variable", content + "&ContentVariables=%7B%221%22%3A%22%22%7D", 21656},
        {"unknown placeholder", content + "&ContentVariables=%7B%229%22%3A%22x%22%7D", 21656},
        {"body beside content", content + "&Body=x", 63016},
    };
    for (const Wrong& wrong : wrongs) {
        CAPTURE(wrong.why);
        World world;
        Twilio twilio(world);
        const Reply reply = call(twilio, message(wrong.form));
        CHECK(reply.status == 400);
        CHECK(Json::parse(reply.body)["code"] == Json(wrong.code));
        CHECK(world.ledger().size() == 0);
    }
}

TEST_CASE("Twilio: forms that it takes although no client should send them are violations") {
    World world;
    Twilio twilio(world);
    CHECK(call(twilio, message(content + "&ContentVariables=%7B%221%22%3A%22Ann%22%2C%222%22%3A%22O%22%7D"))
              .status == 201);
    CHECK(violation_count(world.violations()) == 0);
    CHECK(call(twilio, message(content + "&ContentVariables=%7B%221%22%3A%22Ann%22%7D")).status == 201);
    CHECK(violation_count(world.violations()) == 1);
    CHECK(
        call(twilio, message(to + "&Body=x&StatusCallback=https%3A%2F%2Fa.test%2F%3Fv%3D1%26m%3D2")).status ==
        201);
    CHECK(violation_count(world.violations()) == 2);
}

TEST_CASE("Twilio: wrong credentials are 401 and 20003") {
    World world;
    Twilio twilio(world);
    const Reply wrong =
        call(twilio, {"GET", account + ".json", "", {{"Authorization", "Basic " + base64("AC1:x")}}});
    CHECK(wrong.status == 401);
    CHECK(Json::parse(wrong.body)["code"] == Json(20003));
    CHECK(violation_count(world.violations()) == 0);
    CHECK(call(twilio, {"GET", account + ".json", "", {}}).status == 401);
    CHECK(violation_count(world.violations()) == 1);
    const Json right = Json::parse(call(twilio, {"GET", account + ".json", "", headers}).body);
    CHECK(right["status"] == Json("active"));
    CHECK(right["auth_token"] == Json("0123456789abcdef0123456789abcdef"));
}

TEST_CASE("Twilio: contents are followed page by page") {
    World world;
    Twilio twilio(world);
    std::set<std::string> sids;
    std::string target = "/v1/ContentAndApprovals?PageSize=1000";
    for (int pages = 0; !target.empty(); ++pages) {
        REQUIRE(pages < 10);
        const Json body = Json::parse(call(twilio, {"GET", target, "", headers}).body);
        for (const Json& made : body["contents"]) sids.insert(made.at("sid"));
        const std::string next = body["meta"].value("next_page_url", "");
        target = next.empty() ? "" : next.substr(std::string("https://content.twilio.com").size());
    }
    CHECK(sids.size() == 2);
}

TEST_CASE("Twilio: the list of messages is followed page by page, newest first") {
    World world;
    Twilio twilio(world);
    for (int i = 0; i < 5; ++i) call(twilio, message(to + "&Body=" + std::to_string(i)));
    std::string bodies;
    std::string target = account + "/Messages.json?PageSize=2&To=%2B919812345678";
    for (int pages = 0; !target.empty(); ++pages) {
        REQUIRE(pages < 10);
        const Json page = Json::parse(call(twilio, {"GET", target, "", headers}).body);
        for (const Json& made : page["messages"]) bodies += made.at("body").text();
        target = page.value("next_page_uri", "");
    }
    CHECK(bodies == "43210");
}
