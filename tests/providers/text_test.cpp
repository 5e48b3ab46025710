#include "dakiya/text.hpp"

#include <catch2/catch.hpp>

#include "dakiya/phone.hpp"
#include "dakiya/wording.hpp"

using namespace dakiya;

TEST_CASE("A pasted key loses the blanks and quotes around it, and nothing inside") {
    CHECK(without_wrapping(" \t\"a 'b' c\"\r\n") == "a 'b' c");
    CHECK(without_wrapping("'key'") == "key");
    CHECK(without_wrapping(" \"' ").empty());
    CHECK(trimmed("\n x\t") == "x");
    CHECK(trimmed("\" x \"") == "\" x \"");
    CHECK(trimmed("--x-", "-") == "x");
    CHECK(trimmed("").empty());
}

TEST_CASE("Only ASCII letters change their case") {
    CHECK(lower("ABZ az09 ÄÖ") == "abz az09 ÄÖ");
    CHECK(upper("abz AZ09 äö") == "ABZ AZ09 äö");
}

TEST_CASE("The first wording that a text has decides its class") {
    constexpr Wording rows[] = {{"rate limit", "throttled"}, {"limit", "quota"}, {"phone", "recipient"}};
    CHECK(class_by_words(rows, "The Rate Limit of this phone", "other") == std::string("throttled"));
    CHECK(class_by_words(rows, "Phone: daily LIMIT", "other") == std::string("quota"));
    CHECK(class_by_words(rows, "No PHONE", "other") == std::string("recipient"));
    CHECK(class_by_words(rows, "", "other") == std::string("other"));
    CHECK(class_by_words(rows, "no such words", nullptr) == nullptr);
}

TEST_CASE("A status word is taken letter by letter") {
    constexpr StatusWord rows[] = {{"sent", Status::sent}, {"undelivered", Status::failed}};
    CHECK(status_by_word(rows, "undelivered") == Status::failed);
    CHECK_FALSE(status_by_word(rows, "delivered"));
    CHECK_FALSE(status_by_word(rows, "Sent"));
}

TEST_CASE("Words are cut between characters") {
    CHECK(shortened("abc", 3) == "abc");
    CHECK(shortened("abcd", 3) == "abc");
    CHECK(shortened("aé", 2) == "a");  // é has two bytes
    CHECK(shortened("a€", 3) == "a");  // € has three
    CHECK(shortened("é", 1).empty());
    CHECK(shortened(std::string(600, 'x')).size() == 500);
    CHECK(characters("a€é") == 3);
}

TEST_CASE("A phone number has 7 to 15 digits, with a plus or without") {
    CHECK(phone_of("919812345678") == "+919812345678");
    CHECK(phone_of("+919812345678") == "+919812345678");
    CHECK(phone_of("1234567") == "+1234567");
    for (const char* text :
         {"", "+", "123456", "1234567890123456", "ACME", "++919812345678", "91 9812345678"})
        CHECK(phone_of(text).empty());
    CHECK(digits_of("+919812345678") == "919812345678");
    CHECK(digits_of("919812345678") == "919812345678");
    CHECK(digits_of("").empty());
    CHECK_FALSE(is_digits(""));
    CHECK_FALSE(is_digits("12a"));
}
