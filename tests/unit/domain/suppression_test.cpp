#include "domain/suppression.hpp"

#include <catch2/catch.hpp>

using namespace dakiya::domain;

TEST_CASE("suppression reasons have words that never change, and sentences") {
    const std::pair<Suppression, std::string> rows[] = {{Suppression::opted_out, "opted_out"},
                                                        {Suppression::complaint, "complaint"},
                                                        {Suppression::unreachable, "unreachable"},
                                                        {Suppression::manual, "manual"}};
    for (const auto& [reason, word] : rows) {
        CHECK(to_string(reason) == word);
        CHECK(parse_suppression(word) == reason);
        CHECK(text(reason).size() > 10);
    }
    CHECK_FALSE(parse_suppression("bored"));
}

TEST_CASE("which failures suppress an address") {
    CHECK(suppression_after(Class::opted_out, 1) == Suppression::opted_out);
    CHECK_FALSE(suppression_after(Class::recipient, 2));
    CHECK(suppression_after(Class::recipient, 3) == Suppression::unreachable);
    CHECK(suppression_after(Class::recipient, 4) == Suppression::unreachable);
    for (const Class other :
         {Class::window, Class::content, Class::template_, Class::policy, Class::throttled, Class::provider,
          Class::auth, Class::balance, Class::quota, Class::config, Class::plugin, Class::other})
        CHECK_FALSE(suppression_after(other, 100));
}
