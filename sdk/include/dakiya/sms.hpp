// dakiya/sms.hpp - what SMS providers share: the alphabet of a text, and India's registered templates (DLT).
#ifndef DAKIYA_SMS_HPP
#define DAKIYA_SMS_HPP

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>

#include "dakiya/json.hpp"
#include "dakiya/send.hpp"

namespace dakiya::sms {

// Every character is in the GSM 7-bit alphabet or its extension (3GPP TS 23.038, 6.2.1). One that is not
// makes the whole message Unicode, which many providers want to be told.
inline bool is_gsm7(std::string_view utf8) {
    static constexpr std::string_view not_ascii = "£¥èéùìòÇØøÅåΔΦΓΛΩΠΨΣΘΞÆæßÉ¤¡ÄÖÑÜ§¿äöñüà€";
    for (std::size_t at = 0; at < utf8.size();) {
        const unsigned char first = static_cast<unsigned char>(utf8[at]);
        if (first < 0x80) {
            const bool control = first < 0x20 && first != '\n' && first != '\r' && first != '\f';
            if (control || first == '`' || first == 0x7F) return false;
            ++at;
            continue;
        }
        const std::size_t size = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
        if (not_ascii.find(utf8.substr(at, size)) == std::string_view::npos) return false;
        at += size;
    }
    return true;
}

// "Hi {#var#}, {#numeric#} due" → "Hi {{1}}, {{2}} due": DLT counts its placeholders from the left, whatever
// their type is called.
inline std::string numbered(std::string_view text) {
    std::string out;
    for (int n = 1;; ++n) {
        const std::size_t open = text.find("{#");
        const std::size_t close = open == text.npos ? text.npos : text.find("#}", open + 2);
        if (close == text.npos) return out.append(text);
        out.append(text.substr(0, open)).append("{{").append(std::to_string(n)).append("}}");
        text.remove_prefix(close + 2);
    }
}

// How many values such a text needs: the highest {{n}} in it.
inline int values_in(std::string_view text) {
    int most = 0;
    while (text.find("{{" + std::to_string(most + 1) + "}}") != text.npos) ++most;
    return most;
}

// The text with a person's values "1", "2", …; nothing when one is missing or empty. Not a byte is changed
// outside the placeholders: the operators compare it with the registered text.
inline std::optional<std::string> filled(std::string_view text, const Recipient& person) {
    std::string out;
    while (true) {
        const std::size_t open = text.find("{{");
        const std::size_t close = open == text.npos ? text.npos : text.find("}}", open);
        if (close == text.npos) return out.append(text);
        const std::string value = person.param(std::string(text.substr(open + 2, close - open - 2)));
        if (value.empty()) return std::nullopt;
        out.append(text.substr(0, open)).append(value);
        text.remove_prefix(close + 2);
    }
}

// The BODY of a template's components, or "".
inline std::string body_of(const Json& components) {
    if (!components.is_array()) return {};
    for (const Json& part : components)
        if (part.value("type", "") == "BODY") return part.value("text", "");
    return {};
}

// The fields of a "template" record for a text with {{1}}, {{2}}, …
inline Json template_record(const std::string& name, const std::string& id, const std::string& language,
                            const std::string& text, const char* status) {
    Json names = Json::array();
    for (int n = 1; n <= values_in(text); ++n) names.push_back(std::to_string(n));
    return {{"name", name},
            {"language", language.empty() ? "und" : language},  // "und" of ISO 639-2: nobody told it
            {"status", status},
            {"id", id},
            {"components", Json::array({Json{{"type", "BODY"}, {"text", text}}})},
            {"variables", std::move(names)}};
}

// A code of the Indian operators' scrubbing, and what it means for the message.
struct Scrubbed {
    int code;
    const char* cls;
};

namespace detail {

struct ScrubbingCodes {
    int first, last;
    const char* cls;
};

inline constexpr ScrubbingCodes scrubbing_codes[] = {
    {600, 605, "config"},    // principal entity: not found, inactive, blacklisted, not of this chain
    {610, 618, "config"},    // telemarketer and its chain
    {620, 625, "template"},  // header
    {630, 637, "template"},  // content template
    {642, 642, "template"},  // link not whitelisted
    {650, 651, "policy"},    // preference (DND); outside promotional hours
    {660, 660, "policy"},    // no consent
    {670, 670, "other"},     // scrubbing failed: once more is allowed
    {700, 701, "template"},  // link not whitelisted
    {811, 813, "config"},    // chain
};

// Three digits alone say nothing ("failed after 633 ms"): the text must be a number and no more, or have a
// word of DLT, or one like EC_INVALID_PROMO_TIME.
inline bool speaks_of_dlt(std::string_view text) {
    if (!text.empty() && text.find_first_not_of("0123456789") == text.npos) return true;
    std::string small(text);
    for (char& c : small)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + ('a' - 'A'));
    for (const char* word : {"dlt", "header", "template", "entity", "telemarketer", "scrub", "hash",
                             "consent", "preference", "promo", "chain", "_"})
        if (small.find(word) != small.npos) return true;
    return false;
}

}  // namespace detail

// What scrubbing found wrong, from a provider's failure text ("DLT error 633 TEMPLATE_NOT_MATCHED"): the
// first number of three digits, when it is a code. Nothing when the text does not speak of DLT.
inline std::optional<Scrubbed> scrubbed(std::string_view text) {
    if (!detail::speaks_of_dlt(text)) return std::nullopt;
    constexpr std::string_view digits = "0123456789";
    for (std::size_t at = text.find_first_of(digits); at != text.npos; at = text.find_first_of(digits, at)) {
        const std::size_t end = std::min(text.find_first_not_of(digits, at), text.size());
        const std::string_view number = text.substr(at, end - at);
        at = end;
        if (number.size() != 3) continue;
        const int code = (number[0] - '0') * 100 + (number[1] - '0') * 10 + (number[2] - '0');
        for (const detail::ScrubbingCodes& row : detail::scrubbing_codes)
            if (code >= row.first && code <= row.last) return Scrubbed{code, row.cls};
    }
    return std::nullopt;
}

}  // namespace dakiya::sms

#endif
