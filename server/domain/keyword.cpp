#include "domain/keyword.hpp"

#include <algorithm>
#include <array>
#include <stdexcept>
#include <vector>

#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>

#include "base/text.hpp"

namespace dakiya::domain {

namespace {

constexpr std::size_t examined = 4096;      // bytes
constexpr std::size_t few_other_words = 3;  // beside a STOP word

constexpr std::array<std::string_view, 10> stop_words{"stop", "stopall", "end",    "cancel", "unsubscribe",
                                                      "quit", "remove",  "revoke", "optout", "opt out"};
constexpr std::array<std::string_view, 3> start_words{"start", "yes", "unstop"};
constexpr std::array<std::string_view, 2> help_words{"help", "info"};

enum class Punctuation { dropped, as_space };

// NFKC with case folding; it also drops what cannot be seen (soft hyphens, zero-width joiners).
icu::UnicodeString folded(std::string_view text) {
    UErrorCode status = U_ZERO_ERROR;
    const icu::Normalizer2* fold = icu::Normalizer2::getNFKCCasefoldInstance(status);
    const auto utf16 =
        icu::UnicodeString::fromUTF8(icu::StringPiece(text.data(), static_cast<std::int32_t>(text.size())));
    auto result = U_SUCCESS(status) ? fold->normalize(utf16, status) : icu::UnicodeString();
    if (U_FAILURE(status)) throw std::runtime_error(std::string("ICU: ") + u_errorName(status));
    return result;
}

// Letters, digits and the marks that belong to them: vowel signs of Indian scripts are marks.
bool of_a_word(UChar32 c) { return (U_GET_GC_MASK(c) & (U_GC_L_MASK | U_GC_N_MASK | U_GC_M_MASK)) != 0; }

// U+FE0F asks for the coloured form of an emoji, U+20E3 draws a key around it; both are marks.
bool of_an_emoji(UChar32 c) { return (c >= 0xFE00 && c <= 0xFE0F) || c == 0x20E3; }

std::vector<std::string> words(std::string_view text, Punctuation punctuation) {
    std::vector<std::string> words(1);
    const icu::UnicodeString characters = folded(utf8_prefix(text, examined));
    for (std::int32_t i = 0; i < characters.length(); i = characters.moveIndex32(i, 1)) {
        const UChar32 c = characters.char32At(i);
        if (of_a_word(c) && !of_an_emoji(c))
            append_utf8(words.back(), static_cast<char32_t>(c));
        else if ((u_isUWhiteSpace(c) || punctuation == Punctuation::as_space) && !words.back().empty())
            words.emplace_back();
    }
    if (words.back().empty()) words.pop_back();
    return words;
}

std::string joined(const std::vector<std::string>& words) {
    std::string text;
    for (const std::string& word : words) text += (text.empty() ? "" : " ") + word;
    return text;
}

template <class Set>
bool contains(const Set& set, std::string_view text) {
    return std::find(set.begin(), set.end(), text) != set.end();
}

std::vector<std::string> all_stop_words(std::span<const std::string> more) {
    std::vector<std::string> all(stop_words.begin(), stop_words.end());
    for (const std::string& word : more)
        if (std::string normal = normal_text(word); !normal.empty()) all.push_back(std::move(normal));
    return all;
}

std::size_t count_words(std::string_view text) {
    return 1 + static_cast<std::size_t>(std::count(text.begin(), text.end(), ' '));
}

// Whether the phrase stands in the text, which has few words beside it.
bool mentions(std::string_view text, std::string_view phrase) {
    if (count_words(text) > count_words(phrase) + few_other_words) return false;
    const std::string spaced = " " + std::string(text) + " ";
    return spaced.find(" " + std::string(phrase) + " ") != std::string::npos;
}

}  // namespace

std::string normal_text(std::string_view text) { return joined(words(text, Punctuation::dropped)); }

// Punctuation is tried both ways: "s.t.o.p" is one word, "please,stop" is two.
Detected detect_keyword(std::string_view text, std::span<const std::string> more_stop) {
    const auto stops = all_stop_words(more_stop);
    const std::string whole = normal_text(text);
    const std::string spaced = joined(words(text, Punctuation::as_space));
    if (contains(stops, whole) || contains(stops, spaced)) return {Keyword::stop, false};
    if (contains(start_words, whole)) return {Keyword::start, false};
    if (contains(help_words, whole)) return {Keyword::help, false};
    for (const std::string& stop : stops)
        if (mentions(spaced, stop)) return {Keyword::stop, true};
    return {};
}

}  // namespace dakiya::domain
