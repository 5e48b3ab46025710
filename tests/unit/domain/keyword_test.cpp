#include "domain/keyword.hpp"

#include <vector>

#include <catch2/catch.hpp>

using namespace dakiya::domain;

TEST_CASE("normal_text") {
    struct Row {
        std::string text, normal;
    };
    const auto row = GENERATE(values<Row>({
        {"", ""},
        {"  Stop \n", "stop"},
        {"ＳＴＯＰ", "stop"},
        {"S\u00ADTOP!!", "stop"},
        {"🛑 stop 🛑", "stop"},
        {"stop ❤️", "stop"},
        {"opt-out", "optout"},
        {"a \t\u00A0 b", "a b"},
        {"STRASSE straße", "strasse strasse"},
        {"बंद करो", "बंद करो"},
        {"\xFFstop", "stop"},
    }));
    CAPTURE(row.text);
    CHECK(normal_text(row.text) == row.normal);
}

TEST_CASE("keywords") {
    struct Row {
        std::string text;
        Keyword keyword;
        bool review;
    };
    constexpr auto none = Keyword::none;
    constexpr auto stop = Keyword::stop;
    const auto row = GENERATE(values<Row>({
        {"STOP", stop, false},
        {"stop.", stop, false},
        {"S.T.O.P", stop, false},
        {"“Stop”", stop, false},
        {"ＳＴＯＰ", stop, false},
        {"END", stop, false},
        {"Cancel", stop, false},
        {"unsubscribe", stop, false},
        {"quit!", stop, false},
        {"STOPALL", stop, false},
        {"remove", stop, false},
        {"revoke", stop, false},
        {"opt out", stop, false},
        {"Opt-Out", stop, false},
        {"optout", stop, false},
        {"please stop", stop, true},
        {"please,stop", stop, true},
        {"stop messaging me now", stop, true},
        {"don't stop", stop, true},
        {"I want to opt out", stop, true},
        {"please stop messaging me now", none, false},  // four other words
        {"nonstop flights", none, false},
        {"stopping by", none, false},
        {"opt me out", none, false},
        {"START", Keyword::start, false},
        {"yes!", Keyword::start, false},
        {"unstop", Keyword::start, false},
        {"yes please", none, false},
        {"help", Keyword::help, false},
        {"INFO", Keyword::help, false},
        {"help me", none, false},
        {"", none, false},
        {"🛑", none, false},
        {"hello", none, false},
        {"बंद", none, false},
    }));
    CAPTURE(row.text);
    const Detected detected = detect_keyword(row.text);
    CHECK(detected.keyword == row.keyword);
    CHECK(detected.review == row.review);
}

TEST_CASE("a tenant adds words of any language; the base words stay") {
    const std::vector<std::string> more = {"बंद", " ALTO! ", "no más mensajes por favor", "🛑"};
    CHECK(detect_keyword("बंद", more).keyword == Keyword::stop);
    CHECK(detect_keyword("Alto", more).keyword == Keyword::stop);
    CHECK(detect_keyword("stop", more).keyword == Keyword::stop);
    const Detected phrase = detect_keyword("Hola, no más mensajes por favor", more);
    CHECK(phrase.keyword == Keyword::stop);
    CHECK(phrase.review);
    CHECK(detect_keyword("", more).keyword == Keyword::none);  // a word without letters adds nothing
}

TEST_CASE("a huge text is examined only at its beginning") {
    const std::string huge(1'000'000, ' ');
    CHECK(detect_keyword(huge + "stop").keyword == Keyword::none);
    CHECK(detect_keyword("stop" + huge).keyword == Keyword::stop);
}
