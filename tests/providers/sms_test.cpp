#include <catch2/catch.hpp>

#include "dakiya/sms.hpp"

using namespace dakiya;

TEST_CASE("GSM-7 is its 127 characters and the ten of its extension") {
    // 3GPP TS 23.038, 6.2.1 and 6.2.1.1.
    CHECK(sms::is_gsm7("@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"));
    CHECK(sms::is_gsm7("¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"));
    CHECK(sms::is_gsm7("\f^{}\\[~]|€"));
    CHECK(sms::is_gsm7(""));
    for (const char* other : {"`", "ç", "á", "₹", "\t", "’", "—", "अ", "😜", "\x7f"}) {
        CAPTURE(other);
        CHECK_FALSE(sms::is_gsm7(std::string("a") + other));
    }
}

TEST_CASE("DLT's placeholders are counted from the left, whatever their type is called") {
    const std::string text = sms::numbered("Hi {#var#}, {#numeric#} due at {#url#}. ACME");
    CHECK(text == "Hi {{1}}, {{2}} due at {{3}}. ACME");
    CHECK(sms::values_in(text) == 3);
    CHECK(sms::numbered("{#var#}{#var#}") == "{{1}}{{2}}");
    CHECK(sms::numbered("no {# end") == "no {# end");

    Recipient person;
    person.params = {{"1", "Asha"}, {"2", "{{1}}"}, {"3", "https://a.in"}};
    CHECK(sms::filled(text, person) ==
          "Hi Asha, {{1}} due at https://a.in. ACME");  // values are not filled again
    person.params["2"] = "";
    CHECK_FALSE(sms::filled(text, person));
}

TEST_CASE("a scrubbing code counts only where the text speaks of DLT") {
    const auto cls = [](const char* text) {
        const auto found = sms::scrubbed(text);
        return found ? std::string(found->cls) : "";
    };
    CHECK(cls("DLT error 633 TEMPLATE_NOT_MATCHED") == "template");
    CHECK(cls("651") == "policy");
    CHECK(cls("EC_INVALID_PROMO_TIME (651)") == "policy");
    CHECK(cls("scrubbing: 601, entity not registered") == "config");
    CHECK(cls("PE_TM_HASH 616") == "config");
    CHECK(cls("failed after 633 ms") == "");
    CHECK(cls("DLT template 1107161234567890633") == "");
    CHECK(cls("DLT 999") == "");
    CHECK(cls("") == "");
}
