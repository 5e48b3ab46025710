#include "domain/phone.hpp"

#include <catch2/catch.hpp>

using namespace dakiya;
using namespace dakiya::domain;

TEST_CASE("numbers as people write them") {
    struct Row {
        std::string text, country, e164;
    };
    const auto row = GENERATE(values<Row>({
        {"+919812345678", "", "+919812345678"},
        {" +91 98123-45678 ", "", "+919812345678"},
        {"+91 (98123) 45678", "US", "+919812345678"},
        {"00919812345678", "", "+919812345678"},
        {"0091 98123 45678", "US", "+919812345678"},
        {"9812345678", "IN", "+919812345678"},
        {"09812345678", "IN", "+919812345678"},
        {"919812345678", "IN", "+919812345678"},
        {"＋９１９８１２３４５６７８", "", "+919812345678"},
        {"９８１２３４５６７８", "IN", "+919812345678"},
        {"९८१२३४५६७८", "IN", "+919812345678"},
        {"(500) 555-0006", "US", "+15005550006"},  // Twilio's magic test number: possible, in no range
        {"020 7946 0018", "GB", "+442079460018"},
        {"+39 06 698 12345", "", "+390669812345"},  // Italy keeps the zero
    }));
    CAPTURE(row.text, row.country);
    const auto number = to_e164(row.text, row.country);
    REQUIRE(number.ok());
    CHECK(*number == row.e164);
}

TEST_CASE("what is no number is refused with the reason") {
    struct Row {
        std::string text, country, reason;
    };
    const auto row = GENERATE(values<Row>({
        {"", "IN", "is empty"},
        {" \t ", "IN", "is empty"},
        {std::string(121, '9'), "IN", "too long"},
        {"9812345678", "", "with + and the country code"},
        {"9812345678", "XX", "with + and the country code"},
        {"+999 12345678", "", "country code"},
        {"12345", "IN", "too few digits"},
        {"+91981234567890", "", "too many digits"},
        {"abc", "IN", "letters"},
        {"98123 4567O", "IN", "letters"},
        {"+919812345678 ext 5", "", "letters"},
        {"+919812345678#5", "", "extension"},
        {"9812345678, 9876543210", "IN", "not a phone number"},
        {"9812345678 / 9876543210", "IN", "digits"},
        {"\xFF\xFE", "IN", "UTF-8"},
        {"---", "IN", "not a phone number"},
        {"253-0000", "US", "area code"},
    }));
    CAPTURE(row.text, row.country);
    const auto number = to_e164(row.text, row.country);
    REQUIRE_FALSE(number.ok());
    CHECK(number.error().code == Code::invalid);
    CHECK_THAT(number.error().text, Catch::Contains(row.reason));
}

TEST_CASE("the country of a number") {
    CHECK(country_of("+919812345678") == "IN");
    CHECK(country_of("+442079460018") == "GB");
    CHECK(country_of("+16135550123") == "CA");
    CHECK(country_of("+12125550123") == "US");
    CHECK(country_of("+80012345678").empty());
    CHECK(country_of("").empty());
    CHECK(country_of("asha").empty());
}
