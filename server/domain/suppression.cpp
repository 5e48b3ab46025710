#include "domain/suppression.hpp"

#include "domain/words.hpp"

namespace dakiya::domain {

namespace {

constexpr Words<Suppression, 4> words{{
    {Suppression::opted_out, "opted_out"},
    {Suppression::complaint, "complaint"},
    {Suppression::unreachable, "unreachable"},
    {Suppression::manual, "manual"},
}};

}  // namespace

std::string_view to_string(Suppression reason) { return word_of(words, reason); }

std::optional<Suppression> parse_suppression(std::string_view word) { return value_of(words, word); }

std::string_view text(Suppression reason) {
    switch (reason) {
        case Suppression::opted_out:
            return "this person asked not to be messaged";
        case Suppression::complaint:
            return "this person reported an earlier message";
        case Suppression::unreachable:
            return "messages to this address failed three times for good";
        case Suppression::manual:
            return "somebody of your team put this address on the suppression list";
    }
    return "this address is on the suppression list";
}

std::optional<Suppression> suppression_after(Class error_class, int failures) {
    constexpr int enough = 3;
    switch (meaning(error_class).suppress) {
        case Suppress::no:
            return std::nullopt;
        case Suppress::at_once:
            return Suppression::opted_out;
        case Suppress::after_three:
            if (failures < enough) return std::nullopt;
            return Suppression::unreachable;
    }
    return std::nullopt;
}

}  // namespace dakiya::domain
