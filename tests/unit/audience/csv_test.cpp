#include "audience/csv.hpp"

#include <sstream>

#include <catch2/catch.hpp>

using namespace dakiya::audience;

namespace {

using Rows = std::vector<std::vector<std::string>>;

struct Outcome {
    Rows rows;
    std::vector<std::int64_t> lines;
    std::vector<std::string> faults;
    std::string error;
    char delimiter = 0;
};

Outcome read(const std::string& text, CsvLimits limits = {}) {
    std::istringstream in(text, std::ios::binary);
    CsvReader reader(in, limits);
    Outcome outcome;
    for (;;) {
        auto record = reader.next();
        outcome.delimiter = reader.delimiter();
        if (!record) {
            outcome.error = record.error().text;
            return outcome;
        }
        if (!*record) return outcome;
        outcome.lines.push_back((*record)->line);
        if ((*record)->fault.empty())
            outcome.rows.push_back((*record)->fields);
        else
            outcome.faults.push_back((*record)->fault);
    }
}

}  // namespace

TEST_CASE("what RFC 4180 and spreadsheets write is read") {
    struct Case {
        std::string text;
        Rows rows;
    };
    const std::vector<Case> cases = {
        {"", {}},
        {"\n\n \n", {}},
        {"a,b\n1,2\n", {{"a", "b"}, {"1", "2"}}},
        {"a,b\r\n1,2\r\n", {{"a", "b"}, {"1", "2"}}},
        {"a,b\r1,2", {{"a", "b"}, {"1", "2"}}},
        {"\xef\xbb\xbf"
         "a;b\n1;2,5\n",
         {{"a", "b"}, {"1", "2,5"}}},
        {"a\tb\n1,5\t2\n", {{"a", "b"}, {"1,5", "2"}}},
        {"sep=;\r\na;b\r\n1;2\r\n", {{"a", "b"}, {"1", "2"}}},
        {"a,b\n\"1,5\",\"say \"\"hi\"\"\"\n", {{"a", "b"}, {"1,5", "say \"hi\""}}},
        {"a,b\n\"two\r\nlines\",x\n", {{"a", "b"}, {"two\nlines", "x"}}},
        {"a,b\n\"\",\n,\"\"\n", {{"a", "b"}, {"", ""}, {"", ""}}},
        {"a,b\n5'10\"\" tall,6\" x\n", {{"a", "b"}, {"5'10\"\" tall", "6\" x"}}},
        {"a\n1\n\n2", {{"a"}, {"1"}, {"2"}}},
        {"\"a,b;c;d;e\",x\n1,2", {{"a,b;c;d;e", "x"}, {"1", "2"}}},
    };
    for (const Case& c : cases) {
        CAPTURE(c.text);
        const Outcome outcome = read(c.text);
        CHECK(outcome.error.empty());
        CHECK(outcome.faults.empty());
        CHECK(outcome.rows == c.rows);
    }
}

TEST_CASE("lines are numbered as an editor does") {
    CHECK(read("a,b\n\n\"x\ny\",1\n2,3\n").lines == std::vector<std::int64_t>{1, 3, 5});
}

TEST_CASE("a broken quote is told with its line") {
    const Outcome outcome = read("a,b\n1,2\n\"open,3\n4,5\n");
    CHECK(outcome.rows.size() == 2);
    CHECK(outcome.error.find("line 3") != std::string::npos);
    CHECK(outcome.error.find("never closed") != std::string::npos);
    const Outcome after = read("a,b\n\"x\"y,2\n3,4\n");
    CHECK(after.faults.size() == 1);
    CHECK(after.rows == Rows{{"a", "b"}, {"3", "4"}});
}

TEST_CASE("limits end a record that never ends") {
    CsvLimits limits;
    limits.record = 100;
    limits.columns = 3;
    CHECK(read("a\n\"" + std::string(200, 'x'), limits).error.find("line 2") != std::string::npos);
    CHECK(read("a\n" + std::string(200, 'x'), limits).error.find("line 2") != std::string::npos);
    CHECK(read("a,b\n1,2,3,4\n", limits).faults.size() == 1);
    CHECK(read(std::string("\xff\xfe"
                           "a\0,\0",
                           6))
              .error.find("UTF-16") != std::string::npos);
}
