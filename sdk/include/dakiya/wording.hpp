// dakiya/wording.hpp - what a provider's words mean, where it gives no codes. They change: keep them in one
// table.
#ifndef DAKIYA_WORDING_HPP
#define DAKIYA_WORDING_HPP

#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "dakiya/event.hpp"
#include "dakiya/text.hpp"

namespace dakiya {

struct Wording {
    std::string_view part;  // of the text, in small letters
    const char* cls;        // of the errors whose text has it
};

// The class in the first of `rows` (Wording) whose part is in `text`, in letters of any case; else
// `otherwise`.
template <class Rows>
const char* class_by_words(const Rows& rows, std::string text, const char* otherwise) {
    const std::string small = lower(std::move(text));
    for (const Wording& row : rows)
        if (small.find(row.part) != small.npos) return row.cls;
    return otherwise;
}

struct StatusWord {
    std::string_view theirs;  // for what became of a message
    Status ours;
};

// Of the first of `rows` (StatusWord) that is `word`, letter by letter; nothing when none is.
template <class Rows>
std::optional<Status> status_by_word(const Rows& rows, std::string_view word) {
    for (const StatusWord& row : rows)
        if (row.theirs == word) return row.ours;
    return std::nullopt;
}

}  // namespace dakiya

#endif
