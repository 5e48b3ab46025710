// Vectors marked T are also in the public tests of Twilio's message-segment-calculator
// (https://github.com/TwilioDevEd/message-segment-calculator, tests/); the others follow from 3GPP TS 23.040.
#include "domain/sms.hpp"

#include <string>

#include <catch2/catch.hpp>

using namespace dakiya::domain;

namespace {

std::string times(int count, const std::string& text) {
    std::string repeated;
    for (int i = 0; i < count; ++i) repeated += text;
    return repeated;
}

std::string a(int count) { return times(count, "a"); }
std::string digits(int count) { return times(count, "7"); }

struct Row {
    std::string text;
    Encoding encoding;
    std::uint32_t units, parts;
};

void check(const Row& row) {
    CAPTURE(row.text);
    const SmsSize size = sms_size(row.text);
    CHECK(size.encoding == row.encoding);
    CHECK(size.units == row.units);
    CHECK(size.parts == row.parts);
}

constexpr auto gsm7 = Encoding::gsm7;
constexpr auto ucs2 = Encoding::ucs2;

}  // namespace

TEST_CASE("SMS in the GSM alphabet") {
    check(GENERATE(values<Row>({
        {"", gsm7, 0, 1},
        {a(160), gsm7, 160, 1},  // T
        {a(161), gsm7, 161, 2},  // T
        {a(306), gsm7, 306, 2},
        {a(307), gsm7, 307, 3},  // T
        {a(459), gsm7, 459, 3},
        {a(460), gsm7, 460, 4},
        {times(80, "€"), gsm7, 160, 1},
        {times(81, "€"), gsm7, 162, 2},
        {a(152) + "€" + a(152), gsm7, 306, 3},  // the pair moves to the second part as a whole
        {a(153) + "€" + a(151), gsm7, 306, 2},
        {times(160, "Ç"), gsm7, 160, 1},
        {times(160, "\n"), gsm7, 160, 1},
        {times(80, "\r\n"), gsm7, 160, 1},  // two characters each
        {times(81, "\r\n"), gsm7, 162, 2},
    })));
}

TEST_CASE("every extension character takes two septets") {  // T
    const std::string c = GENERATE("|", "^", "€", "{", "}", "[", "]", "~", "\\", "\f");
    check({c + digits(158), gsm7, 160, 1});
    check({c + digits(159), gsm7, 161, 2});
}

TEST_CASE("every character of the basic alphabet is one septet") {
    const std::string all =
        "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
        "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";
    check({all, gsm7, 127, 1});
}

TEST_CASE("SMS in UCS-2") {
    const std::string flag = "🇮🇹";                      // 4 units
    const std::string rainbow = "🏳️‍🌈";       // 6 units
    const std::string accents = "e\u0301\u0301\u0301";  // 4 units, not precomposed
    check(GENERATE_COPY(values<Row>({
        {times(70, "ç"), ucs2, 70, 1},  // T
        {times(71, "ç"), ucs2, 71, 2},  // T
        {"`" + a(69), ucs2, 70, 1},
        {"`" + a(70), ucs2, 71, 2},
        {"₹" + a(69), ucs2, 70, 1},
        {"’" + a(70), ucs2, 71, 2},
        {"\t" + a(70), ucs2, 71, 2},
        {"\u00A0" + a(70), ucs2, 71, 2},
        {"—" + a(70), ucs2, 71, 2},
        {times(70, "अ"), ucs2, 70, 1},
        {times(71, "अ"), ucs2, 71, 2},
        {times(134, "अ"), ucs2, 134, 2},
        {times(135, "अ"), ucs2, 135, 3},
        {times(201, "अ"), ucs2, 201, 3},
        {times(202, "अ"), ucs2, 202, 4},
        {"😜" + digits(68), ucs2, 70, 1},  // T
        {"😜" + digits(69), ucs2, 71, 2},  // T
        {"😜" + digits(132), ucs2, 134, 2},
        {"😜" + digits(133), ucs2, 135, 3},    // T
        {a(66) + "😜" + a(66), ucs2, 134, 3},  // the pair moves to the second part as a whole
        {times(35, "😜"), ucs2, 70, 1},
        {times(36, "😜"), ucs2, 72, 2},
        {times(66, "😜"), ucs2, 132, 2},
        {times(67, "😜"), ucs2, 134, 3},
        {flag + digits(66), ucs2, 70, 1},     // T
        {flag + digits(67), ucs2, 71, 2},     // T
        {rainbow + digits(64), ucs2, 70, 1},  // T
        {rainbow + digits(65), ucs2, 71, 2},  // T
        {accents + a(66), ucs2, 70, 1},       // T
        {accents + a(67), ucs2, 71, 2},       // T
        {"😀" + times(68, "]"), ucs2, 70, 1},  // T: extension characters are one unit here
        {"😀" + times(69, "]"), ucs2, 71, 2},  // T
        {"á", ucs2, 1, 1},
        {"\xFF\xFE", ucs2, 2, 1},  // not UTF-8: two U+FFFD
    })));
}

TEST_CASE("encodings have words") {
    CHECK(to_string(gsm7) == "gsm7");
    CHECK(to_string(ucs2) == "ucs2");
}
