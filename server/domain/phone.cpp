#include "domain/phone.hpp"

#include <algorithm>

#include <phonenumbers/phonenumberutil.h>

#include "base/text.hpp"

namespace dakiya::domain {

namespace {

using i18n::phonenumbers::PhoneNumber;
using i18n::phonenumbers::PhoneNumberUtil;

constexpr std::size_t longest = 120;  // bytes: 40 full-width characters

Error refused(std::string text) { return {Code::invalid, std::move(text), ""}; }

// Full-width digits and plus (U+FF10-FF19, U+FF0B) as ASCII; 00 at the start as +, whatever the default
// country dials (ITU-T E.123 recommends it as the international prefix).
std::string plain(std::string_view text) {
    std::string plain;
    while (!text.empty()) {
        const auto c = take_code_point(text);
        if (!c) return {};
        const bool full_width = *c == U'＋' || (*c >= U'０' && *c <= U'９');
        append_utf8(plain, full_width ? static_cast<char32_t>(*c - 0xFEE0) : *c);
    }
    plain = trim(plain);
    if (plain.rfind("00", 0) == 0) plain.replace(0, 2, "+");
    return plain;
}

bool has_letter(std::string_view text) {
    return std::any_of(text.begin(), text.end(),
                       [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); });
}

std::string why_impossible(PhoneNumberUtil::ValidationResult reason) {
    switch (reason) {
        case PhoneNumberUtil::TOO_SHORT:
            return "it has too few digits for its country";
        case PhoneNumberUtil::TOO_LONG:
            return "it has too many digits for its country";
        case PhoneNumberUtil::IS_POSSIBLE_LOCAL_ONLY:
            return "the area code is missing";
        case PhoneNumberUtil::INVALID_COUNTRY_CODE:
            return "no country has its country code";
        case PhoneNumberUtil::IS_POSSIBLE:
        case PhoneNumberUtil::INVALID_LENGTH:
            break;
    }
    return "its country has no numbers of that length";
}

std::string why_unreadable(PhoneNumberUtil::ErrorType error) {
    switch (error) {
        case PhoneNumberUtil::INVALID_COUNTRY_CODE_ERROR:
            return "its country is not known: write it with + and the country code";
        case PhoneNumberUtil::TOO_SHORT_AFTER_IDD:
        case PhoneNumberUtil::TOO_SHORT_NSN:
            return "it has too few digits";
        case PhoneNumberUtil::TOO_LONG_NSN:
            return "it has too many digits";
        case PhoneNumberUtil::NO_PARSING_ERROR:
        case PhoneNumberUtil::NOT_A_NUMBER:
            break;
    }
    return "it is not a phone number";
}

}  // namespace

// Length and country code are checked, not whether the number range is in use: the library's knowledge of
// ranges is as old as the installed package, and would refuse people with new numbers.
Result<std::string> to_e164(std::string_view text, std::string_view default_country) {
    text = trim(text);
    if (text.empty()) return refused("the phone number is empty");
    if (text.size() > longest) return refused("the phone number is too long");
    const std::string number = plain(text);
    const std::string quoted = "cannot use \"" + std::string(text) + "\" as a phone number: ";
    if (number.empty()) return refused("the phone number is not valid UTF-8");
    if (has_letter(number)) return refused(quoted + "it has letters in it");

    const PhoneNumberUtil& library = *PhoneNumberUtil::GetInstance();
    const std::string region = default_country.empty() ? "ZZ" : std::string(default_country);
    PhoneNumber parsed;
    const auto error = library.Parse(number, region, &parsed);
    if (error != PhoneNumberUtil::NO_PARSING_ERROR) return refused(quoted + why_unreadable(error));
    if (parsed.has_extension()) return refused(quoted + "a message cannot reach an extension");
    const auto possible = library.IsPossibleNumberWithReason(parsed);
    if (possible != PhoneNumberUtil::IS_POSSIBLE) return refused(quoted + why_impossible(possible));

    std::string e164;
    library.Format(parsed, PhoneNumberUtil::E164, &e164);
    return e164;
}

std::string country_of(std::string_view e164) {
    if (e164.size() > longest) return {};
    const PhoneNumberUtil& library = *PhoneNumberUtil::GetInstance();
    PhoneNumber parsed;
    if (library.Parse(std::string(e164), "ZZ", &parsed) != PhoneNumberUtil::NO_PARSING_ERROR) return {};
    std::string region;
    library.GetRegionCodeForNumber(parsed, &region);
    const bool of_a_country = region.size() == 2 && region != "ZZ";  // "001": of no country
    return of_a_country ? region : std::string();
}

}  // namespace dakiya::domain
