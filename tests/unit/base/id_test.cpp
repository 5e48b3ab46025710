#include "base/id.hpp"

#include <set>

#include <catch2/catch.hpp>

using namespace dakiya;

TEST_CASE("ids are read back as they were written") {
    const Id id = GENERATE(Id{1}, Id{31}, Id{32}, Id{1000}, Id{123'456'789'012}, INT64_MAX);
    const std::string text = format_id(prefix::message, id);
    CAPTURE(text);
    CHECK(text.size() == 17);
    CHECK(parse_id(prefix::message, text) == id);
    CHECK_FALSE(parse_id(prefix::campaign, text));
}

TEST_CASE("the text of an id is fixed for ever: clients store it") {
    CHECK(format_id(prefix::message, 1) == "msg_0000000000001");
    CHECK(format_id(prefix::contact, 32) == "cnt_0000000000010");
    CHECK(format_id(prefix::campaign, INT64_MAX) == "cmp_7zzzzzzzzzzzz");
}

TEST_CASE("the text sorts like the number") {
    const std::vector<Id> ids = {1, 9, 10, 31, 32, 1023, 1024, 99'999'999, INT64_MAX};
    for (std::size_t i = 1; i < ids.size(); ++i)
        CHECK(format_id("msg", ids[i - 1]) < format_id("msg", ids[i]));
}

TEST_CASE("what is not an id is nothing") {
    const std::string text =
        GENERATE("", "msg", "msg_", "msg_000000000000", "msg_00000000000001", "msg-0000000000001",
                 "msg_0000000000000", "msg_000000000000u", "msg_000000000000I", "msg_000000000000A",
                 "msg_8000000000000", "msg_zzzzzzzzzzzzz", "Msg_0000000000001", "msg_00000000000 1");
    CAPTURE(text);
    CHECK_FALSE(parse_id(prefix::message, text));
}

TEST_CASE("random tokens are 32 hex digits and do not repeat") {
    std::set<std::string> seen;
    for (int i = 0; i < 1000; ++i) {
        const std::string token = random_token();
        REQUIRE(token.size() == 32);
        REQUIRE(token.find_first_not_of("0123456789abcdef") == std::string::npos);
        REQUIRE(seen.insert(token).second);
    }
}
