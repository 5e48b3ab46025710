// dakiya/testing/match.hpp - compares what came out with what a case expects.
#ifndef DAKIYA_TESTING_MATCH_HPP
#define DAKIYA_TESTING_MATCH_HPP

#include <string>
#include <string_view>
#include <vector>

#include "dakiya/json.hpp"

namespace dakiya::testing {

// What a program of checks found. `failures` are sentences for the author.
struct Report {
    int cases = 0;
    int checks = 0;
    std::vector<std::string> failures;

    bool check(bool good, const std::string& sentence) {
        ++checks;
        if (!good) failures.push_back(sentence);
        return good;
    }
    void add(const Report& other) {
        cases += other.cases;
        checks += other.checks;
        failures.insert(failures.end(), other.failures.begin(), other.failures.end());
    }
};

enum class Extra { allowed, refused };  // members that the expected object does not name

// The first difference, as "path: expected …, got …", or "". Order of members does not matter; 1 equals 1.0.
inline std::string difference(const Json& actual, const Json& expected, Extra extra,
                              const std::string& path = "") {
    const std::string where = path.empty() ? "" : path + ": ";
    if (expected.is_object() && actual.is_object()) {
        for (const Json::Member& member : expected.members()) {
            const Json* found = actual.find(member.first);
            const std::string inner = path.empty() ? member.first : path + "." + member.first;
            if (!found) return inner + ": expected " + member.second.dump() + ", but it is missing";
            if (std::string text = difference(*found, member.second, extra, inner); !text.empty())
                return text;
        }
        if (extra == Extra::refused)
            for (const Json::Member& member : actual.members())
                if (!expected.contains(member.first))
                    return where + "unexpected \"" + member.first + "\": " + member.second.dump();
        return {};
    }
    if (expected.is_array() && actual.is_array()) {
        if (expected.size() != actual.size())
            return where + "expected " + std::to_string(expected.size()) + " items, got " + actual.dump();
        for (std::size_t i = 0; i < expected.size(); ++i) {
            const std::string inner = path + "[" + std::to_string(i) + "]";
            if (std::string text = difference(actual.at(i), expected.at(i), extra, inner); !text.empty())
                return text;
        }
        return {};
    }
    const bool same =
        expected.is_number() && actual.is_number() && !(expected.is_integer() && actual.is_integer())
            ? expected.number() == actual.number()
            : expected == actual;
    return same ? std::string() : where + "expected " + expected.dump() + ", got " + actual.dump();
}

}  // namespace dakiya::testing

#endif
