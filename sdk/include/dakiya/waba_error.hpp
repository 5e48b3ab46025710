// dakiya/waba_error.hpp - the WhatsApp Cloud API's error codes in our classes.
// https://developers.facebook.com/docs/whatsapp/cloud-api/support/error-codes
#ifndef DAKIYA_WABA_ERROR_HPP
#define DAKIYA_WABA_ERROR_HPP

#include <cstdint>
#include <cstdlib>
#include <string>

#include "dakiya/event.hpp"
#include "dakiya/json.hpp"

namespace dakiya::waba {

// Decide on the code, never on the HTTP status: limits arrive as 400.
// clang-format off
inline const char* map_error(std::int64_t code) {
    if (code >= 200 && code <= 299) return "auth";  // permissions
    switch (code) {
        case 0: case 3: case 10: case 190: case 131005:
            return "auth";
        case 1: case 2: case 131000: case 131016: case 131057: case 133004:
            return "provider";
        case 4: case 80007: case 130429: case 131056: case 133016:
            return "throttled";
        case 33: case 368: case 131031: case 131037: case 131045: case 131055: case 131063:
        case 133000: case 133005: case 133006: case 133008: case 133009: case 133010: case 133015:
            return "config";
        case 131042: case 134011: case 134100: case 134101: case 134102:
            return "balance";
        case 131048:  // the number's own limit after spam reports: nothing more goes out
            return "quota";
        case 130472: case 130497: case 131049: case 131064:
            return "policy";
        case 131050:
            return "opted_out";
        case 131047:
            return "window";
        case 131021: case 131026: case 131030: case 131062: case 137000:
            return "recipient";
        case 100: case 131008: case 131009: case 131051: case 131052: case 131053: case 135000:
            return "content";
        case 132000: case 132001: case 132005: case 132007: case 132008: case 132012:
        case 132015: case 132016: case 132018: case 132068: case 132069:
            return "template";
        default:
            return "other";
    }
}
// clang-format on

// How long to wait, where the documentation tells: one message in 6 s to the same person; a minute or more
// while a number is upgraded; 72 hours after too many registrations.
inline std::int64_t retry_after_ms(std::int64_t code) {
    switch (code) {
        case 130429:
            return 2'000;
        case 131056:
            return 6'000;
        case 131057:
            return 60'000;
        case 133016:
            return 72LL * 3600 * 1000;
        default:
            return 0;
    }
}

// An item of "errors" of a webhook, or "error" of a reply.
inline Error read_error(const Json& json) {
    const Json& raw = json["code"];
    const std::int64_t code = raw.is_integer()  ? raw.integer()
                              : raw.is_string() ? std::atoll(raw.text().c_str())
                                                : -1;
    const auto words = [](const Json& value) { return value.is_string() ? value.text() : std::string(); };
    std::string text = words(json["error_data"]["details"]);
    if (text.empty()) text = words(json["message"]);
    if (text.empty()) text = words(json["title"]);
    return {map_error(code), code < 0 ? std::string() : std::to_string(code), text, retry_after_ms(code)};
}

}  // namespace dakiya::waba

#endif
