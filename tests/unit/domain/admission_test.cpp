#include "domain/admission.hpp"

#include <functional>

#include <catch2/catch.hpp>

using namespace dakiya;
using namespace dakiya::domain;

namespace {

Facts good() {
    Facts facts;
    facts.connection_enabled = true;
    facts.channel = "whatsapp";
    facts.kind = "template";
    facts.channel_supported = facts.kind_supported = true;
    facts.template_status = "approved";
    facts.address = "+919812345678";
    facts.address_valid = true;
    return facts;
}

const Error missing_name{Code::invalid, "there is no value for {{name}}", "name"};

// Each check on its own, in the order in which they are made.
struct Check {
    std::string reason, words;
    std::function<void(Facts&)> break_it;
};

const std::vector<Check> checks = {
    {"connection_disabled", "switched off", [](Facts& f) { f.connection_enabled = false; }},
    {"unsupported_channel", "\"whatsapp\"", [](Facts& f) { f.channel_supported = false; }},
    {"unsupported_kind", "\"template\"", [](Facts& f) { f.kind_supported = false; }},
    {"template_not_approved", "\"paused\"", [](Facts& f) { f.template_status = "paused"; }},
    {"no_address", "no address", [](Facts& f) { f.address = ""; }},
    {"invalid_address", "+919812345678", [](Facts& f) { f.address_valid = false; }},
    {"suppressed", "asked not to be", [](Facts& f) { f.suppression = Suppression::opted_out; }},
    {"missing_variable", "{{name}}", [](Facts& f) { f.variables = &missing_name; }},
};

}  // namespace

TEST_CASE("a message with nothing against it is admitted") {
    CHECK_FALSE(admit(good()));
    Facts text = good();
    text.kind = "text";
    text.template_status = "";
    CHECK_FALSE(admit(text));
}

TEST_CASE("each check refuses with its own reason and says why") {
    for (const Check& check : checks) {
        Facts facts = good();
        check.break_it(facts);
        const auto skip = admit(facts);
        REQUIRE(skip);
        CHECK(skip->reason == check.reason);
        CHECK_THAT(skip->text, Catch::Contains(check.words));
    }
}

TEST_CASE("of several reasons the first one counts") {
    Facts facts = good();
    for (auto check = checks.rbegin(); check != checks.rend(); ++check) {
        check->break_it(facts);
        CHECK(admit(facts)->reason == check->reason);
    }
}

TEST_CASE("a template that is not there is told apart from one that is not approved") {
    Facts facts = good();
    facts.template_status = "";
    const auto skip = admit(facts);
    REQUIRE(skip);
    CHECK(skip->reason == reason::template_not_approved);
    CHECK_THAT(skip->text, Catch::Contains("sync"));
}

TEST_CASE("facts that nobody filled in refuse") { CHECK(admit(Facts{})); }
