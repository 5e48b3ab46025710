#include "language.hpp"

#include <algorithm>

#include "dakiya/waba.hpp"

namespace aisensy {

namespace {

struct Language {
    const char* code;
    const char* name;
};

constexpr Language languages[] = {
    {"en", "English"},
    {"en_US", "English (US)"},
    {"en_GB", "English (UK)"},
    {"hi", "Hindi"},
    {"mr", "Marathi"},
    {"gu", "Gujarati"},
    {"ta", "Tamil"},
    {"te", "Telugu"},
    {"kn", "Kannada"},
    {"ml", "Malayalam"},
    {"bn", "Bengali"},
    {"pa", "Punjabi"},
    {"ur", "Urdu"},
    {"ar", "Arabic"},
    {"id", "Indonesian"},
    {"ms", "Malay"},
    {"th", "Thai"},
    {"vi", "Vietnamese"},
    {"es", "Spanish"},
    {"es_AR", "Spanish (ARG)"},
    {"es_ES", "Spanish (SPA)"},
    {"es_MX", "Spanish (MEX)"},
    {"pt_BR", "Portuguese (BR)"},
    {"pt_PT", "Portuguese (POR)"},
    {"fr", "French"},
    {"de", "German"},
    {"it", "Italian"},
    {"nl", "Dutch"},
    {"ru", "Russian"},
    {"tr", "Turkish"},
    {"fa", "Persian"},
    {"sw", "Swahili"},
    {"zh_CN", "Chinese (CHN)"},
    {"zh_HK", "Chinese (HKG)"},
    {"zh_TW", "Chinese (TAI)"},
    {"ja", "Japanese"},
    {"ko", "Korean"},
    {"fil", "Filipino"},
    {"af", "Afrikaans"},
};

}  // namespace

bool is_language_code(const std::string& text) {
    const auto letters = [](std::string_view part, char first, char last) {
        return std::all_of(part.begin(), part.end(), [&](char c) { return c >= first && c <= last; });
    };
    const std::size_t mark = std::min(text.find('_'), text.size());
    const bool language =
        (mark == 2 || mark == 3) && letters(std::string_view(text).substr(0, mark), 'a', 'z');
    if (mark == text.size()) return language;
    return language && text.size() == mark + 3 && letters(std::string_view(text).substr(mark + 1), 'A', 'Z');
}

std::string language_code(const std::string& name) {
    const std::string wanted = dakiya::waba::lower(name);
    for (const Language& language : languages)
        if (dakiya::waba::lower(language.name) == wanted) return language.code;
    return name;
}

std::string language_name(const std::string& code) {
    for (const Language& language : languages)
        if (language.code == code) return language.name;
    return {};
}

}  // namespace aisensy
