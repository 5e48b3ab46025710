#include "languages.hpp"

namespace interakt {

namespace {

struct Language {
    std::string_view code, name;
};

constexpr Language languages[] = {
    {"af", "Afrikaans"},
    {"ar", "Arabic"},
    {"az", "Azerbaijani"},
    {"bg", "Bulgarian"},
    {"bn", "Bengali"},
    {"ca", "Catalan"},
    {"cs", "Czech"},
    {"da", "Danish"},
    {"de", "German"},
    {"el", "Greek"},
    {"en", "English"},
    {"en_GB", "English (UK)"},
    {"en_US", "English (US)"},
    {"es", "Spanish"},
    {"es_AR", "Spanish (ARG)"},
    {"es_ES", "Spanish (SPA)"},
    {"es_MX", "Spanish (MEX)"},
    {"et", "Estonian"},
    {"fa", "Persian"},
    {"fi", "Finnish"},
    {"fil", "Filipino"},
    {"fr", "French"},
    {"ga", "Irish"},
    {"gu", "Gujarati"},
    {"ha", "Hausa"},
    {"he", "Hebrew"},
    {"hi", "Hindi"},
    {"hr", "Croatian"},
    {"hu", "Hungarian"},
    {"id", "Indonesian"},
    {"it", "Italian"},
    {"ja", "Japanese"},
    {"ka", "Georgian"},
    {"kk", "Kazakh"},
    {"kn", "Kannada"},
    {"ko", "Korean"},
    {"ky_KG", "Kyrgyz (Kyrgyzstan)"},
    {"lo", "Lao"},
    {"lt", "Lithuanian"},
    {"lv", "Latvian"},
    {"mk", "Macedonian"},
    {"ml", "Malayalam"},
    {"mr", "Marathi"},
    {"ms", "Malay"},
    {"nb", "Norwegian"},
    {"nl", "Dutch"},
    {"pa", "Punjabi"},
    {"pl", "Polish"},
    {"pt_BR", "Portuguese (BR)"},
    {"pt_PT", "Portuguese (POR)"},
    {"ro", "Romanian"},
    {"ru", "Russian"},
    {"rw_RW", "Kinyarwanda"},
    {"sk", "Slovak"},
    {"sl", "Slovenian"},
    {"sq", "Albanian"},
    {"sr", "Serbian"},
    {"sv", "Swedish"},
    {"sw", "Swahili"},
    {"ta", "Tamil"},
    {"te", "Telugu"},
    {"th", "Thai"},
    {"tr", "Turkish"},
    {"uk", "Ukrainian"},
    {"ur", "Urdu"},
    {"uz", "Uzbek"},
    {"vi", "Vietnamese"},
    {"zh_CN", "Chinese (CHN)"},
    {"zh_HK", "Chinese (HKG)"},
    {"zh_TW", "Chinese (TAI)"},
    {"zu", "Zulu"},
};

}  // namespace

std::string_view language_name(std::string_view code) {
    for (const Language& language : languages)
        if (language.code == code) return language.name;
    return {};
}

}  // namespace interakt
