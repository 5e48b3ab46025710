#include "base/text.hpp"

#include <catch2/catch.hpp>

using namespace dakiya;
using namespace std::string_literals;

TEST_CASE("UTF-8: what is valid") {
    struct Row {
        std::string bytes;
        bool valid;
        std::size_t length;
    };
    const auto row = GENERATE(values<Row>({
        {"", true, 0},
        {"abc", true, 3},
        {"a\0b"s, true, 3},
        {"é अ 😜", true, 5},
        {"\xF4\x8F\xBF\xBF", true, 1},   // U+10FFFF, the last one
        {"\xF4\x90\x80\x80", false, 4},  // one above
        {"\xC0\x80", false, 2},          // overlong NUL
        {"\xE0\x80\xAF", false, 3},      // overlong slash
        {"\xF0\x8F\xBF\xBF", false, 4},  // overlong
        {"\xED\xA0\x80", false, 3},      // surrogate
        {"\xED\x9F\xBF", true, 1},       // just below the surrogates
        {"\x80", false, 1},              // continuation without a lead
        {"\xE0\xA4", false, 2},          // cut short
        {"\xC3"s + "a", false, 2},       // lead without continuation
        {"\xFF", false, 1},
    }));
    CAPTURE(row.bytes);
    CHECK(valid_utf8(row.bytes) == row.valid);
    CHECK(utf8_length(row.bytes) == row.length);
}

TEST_CASE("UTF-8: code points survive the way there and back") {
    const char32_t c = GENERATE(U'\0', U'a', U'\x7F', U'\x80', U'\x7FF', U'\x800', U'\xD7FF', U'\xE000',
                                U'\xFFFF', U'\x10000', U'\x10FFFF');
    std::string text;
    append_utf8(text, c);
    text += "!";
    std::string_view rest = text;
    CHECK(take_code_point(rest) == c);
    CHECK(rest == "!");
}

TEST_CASE("UTF-8: what is not valid stays where it is") {
    std::string_view rest = "\xC0\x80";
    CHECK_FALSE(take_code_point(rest));
    CHECK(rest.size() == 2);
}

TEST_CASE("UTF-8: a prefix never cuts a code point") {
    const std::string text = "aé😜b";  // 1 + 2 + 4 + 1 bytes
    const std::vector<std::string> expected = {"", "a", "a", "aé", "aé", "aé", "aé", "aé😜", "aé😜b", "aé😜b"};
    for (std::size_t bytes = 0; bytes < expected.size(); ++bytes) {
        CAPTURE(bytes);
        CHECK(utf8_prefix(text, bytes) == expected[bytes]);
    }
    CHECK(utf8_prefix("\x80\x80\x80\x80\x80\x80", 5).size() == 5);  // not UTF-8: cut anywhere
}

TEST_CASE("trim and lower case know ASCII only") {
    CHECK(trim(" \t\r\n\v\f a b \n") == "a b");
    CHECK(trim(" \n ").empty());
    CHECK(trim("").empty());
    CHECK(lower_ascii("AbZ-Ä@[") == "abz-Ä@[");
}
