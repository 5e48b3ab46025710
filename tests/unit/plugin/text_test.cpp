#include "plugin/text.hpp"

#include "dakiya/utf8.hpp"

#include <catch2/catch.hpp>

using namespace dakiya::plugin;

TEST_CASE("well-formed UTF-8 and nothing else") {
    struct Case {
        std::string text;
        bool sound;
    };
    const Case cases[] = {{"", true},
                          {"plain", true},
                          {"longer than eight bytes, all of it ASCII", true},
                          {"नमस्ते 😀", true},
                          {std::string("a\0b", 3), true},
                          {"\xC2\x80", true},
                          {"\xEF\xBF\xBF", true},
                          {"\xF4\x8F\xBF\xBF", true},
                          {"\x80", false},              // a continuation alone
                          {"\xC3", false},              // cut
                          {"12345678\xE0\xA4", false},  // cut after a whole block
                          {"\xC3\x28", false},
                          {"\xC0\xAF", false},          // overlong
                          {"\xE0\x80\xAF", false},      // overlong
                          {"\xF0\x80\x80\xAF", false},  // overlong
                          {"\xED\xA0\x80", false},      // surrogate
                          {"\xF4\x90\x80\x80", false},  // above U+10FFFF
                          {"\xF8\x88\x80\x80\x80", false},
                          {"\xFF", false}};
    for (const Case& one : cases) {
        INFO(one.text);
        CHECK(dakiya::is_utf8(one.text) == one.sound);
    }
}

TEST_CASE("what goes into a log line is one line") {
    CHECK(printable("two\nlines\x7F") == "two?lines?");
    CHECK(printable("äß") == "äß");
    CHECK(printable("a\xFFz") == "a?z");
    CHECK(printable("abcdef", 3) == "abc…");
    CHECK(printable("abä", 3) == "ab…");  // not half a character
    CHECK(printable("abc", 3) == "abc");
}
