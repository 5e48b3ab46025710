// STOP, START and HELP in what people write to us.
// Words: CTIA Messaging Principles and Best Practices; 47 CFR 64.1200(a)(10).
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace dakiya::domain {

enum class Keyword : std::uint8_t { none, stop, start, help };

struct Detected {
    Keyword keyword = Keyword::none;
    bool review = false;  // the text said more than the word: acted on, but a person should look
};

// The form in which texts are compared: Unicode NFKC with case folding, punctuation and emoji taken out,
// spaces collapsed: " S\u00adTOP!! " is "stop".
std::string normal_text(std::string_view text);

// The whole text is a keyword: that keyword. A STOP word with at most three other words: stop, for review
// (when in doubt a person is not messaged). more_stop: the tenant's own words in any spelling; the base
// set cannot be taken away. Texts over 4,096 bytes are not examined further than that.
Detected detect_keyword(std::string_view text, std::span<const std::string> more_stop = {});

}  // namespace dakiya::domain
