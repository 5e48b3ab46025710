#include "domain/email.hpp"

#include <catch2/catch.hpp>

using namespace dakiya;
using namespace dakiya::domain;

TEST_CASE("addresses that are taken") {
    struct Row {
        std::string text, address;
    };
    const auto row = GENERATE(values<Row>({
        {"asha@example.com", "asha@example.com"},
        {" Asha.K+x@EXAMPLE.Co.In ", "Asha.K+x@example.co.in"},
        {"o'brien_1@a-b.example", "o'brien_1@a-b.example"},
        {"a@xn--bcher-kva.example", "a@xn--bcher-kva.example"},
        {std::string(64, 'a') + "@b.co", std::string(64, 'a') + "@b.co"},
    }));
    const auto address = to_email(row.text);
    REQUIRE(address.ok());
    CHECK(*address == row.address);
}

TEST_CASE("addresses that are refused") {
    const std::string text = GENERATE(
        "", "  ", "asha", "@example.com", "asha@", "asha@example", "asha@@example.com", "a b@example.com",
        ".asha@example.com", "asha.@example.com", "as..ha@example.com", "asha@-example.com",
        "asha@example-.com", "asha@example..com", "asha@.com", "asha@example.com.", "asha@192.168.0.1",
        "asha@exa_mple.com", "\"a b\"@example.com", "asha@[127.0.0.1]", "asha@bücher.example",
        "äsha@example.com", "asha@example.com\nBcc: x@y.z", std::string(65, 'a') + "@example.com",
        "a@" + std::string(64, 'b') + ".com", "a@" + std::string(190, 'b') + ".com");
    CAPTURE(text);
    const auto address = to_email(text);
    REQUIRE_FALSE(address.ok());
    CHECK(address.error().code == Code::invalid);
    CHECK_FALSE(address.error().text.empty());
}
