// A customer file as people have them: numbers in many spellings, quotes, line breaks within cells, and bad
// lines among the good ones.
#pragma once

#include <cstdint>
#include <map>
#include <string>

namespace blackbox {

struct Person {
    std::string name;
    std::string order;
};

struct CustomerFile {
    std::string csv;
    std::map<std::string, Person> people;     // by E.164 number: the good lines
    std::map<std::int64_t, std::string> bad;  // line → the reason that it must be refused for
};

// `bad` of every kind of bad line there is (bad_kinds), spread over the file.
inline constexpr int bad_kinds = 10;
CustomerFile make_customers(int good, int bad_of_each_kind = 0);

}  // namespace blackbox
