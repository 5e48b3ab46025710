// dakiya/waba/error.hpp - what Meta's error codes mean for a message, synchronous and in webhooks alike.
// https://developers.facebook.com/documentation/business-messaging/whatsapp/support/error-codes
#ifndef DAKIYA_WABA_ERROR_HPP
#define DAKIYA_WABA_ERROR_HPP

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <string>
#include <string_view>

#include "dakiya/event.hpp"
#include "dakiya/json.hpp"

namespace dakiya::waba {

// Codes from first to last share a meaning. Sorted by first. Titles change, codes do not: nothing here
// looks at a text, and the HTTP status decides only for codes that are not listed (rate limits come as 400).
struct Meaning {
    std::int64_t first, last;
    const char* cls;
    std::int64_t retry_after_ms = 0;
    const char* scope = "";
    int tries = 0;
    const char* media = "";
};

inline constexpr std::int64_t second_ms = 1'000, hour_ms = 3'600'000;

inline constexpr Meaning meanings[] = {
    {0, 0, "auth"},                               // the caller could not be identified
    {1, 2, "provider"},                           // unknown; API service down
    {3, 3, "auth"},                               // the app lacks the capability
    {4, 4, "throttled", 60 * second_ms},          // calls of the app; better told by the usage header
    {10, 10, "auth"},                             // permission denied
    {33, 33, "config"},                           // the phone number ID is gone
    {100, 100, "content"},                        // invalid or unknown parameter
    {190, 190, "auth"},                           // token expired or invalid
    {200, 299, "auth"},                           // permission missing
    {368, 368, "config"},                         // blocked for policy violations: nothing goes out
    {80007, 80007, "throttled", 60 * second_ms},  // calls of the WhatsApp Business Account
    {130429, 130429, "throttled", second_ms},     // messages per second of this number
    {130472, 130472, "policy"},                   // the person is in an experiment that gets no marketing
    {130497, 130497, "policy"},                   // this business may not write to that country
    {131000, 131000, "provider", 0, "", 3},       // generic; may be a fault of the content that stays
    {131005, 131005, "auth"},                     // access denied
    {131008, 131009, "content"},                  // parameter missing or of a wrong value
    {131014, 131014, "content"},                  // on partners: the address of a file cannot be fetched
    {131016, 131016, "provider"},                 // overloaded
    {131021, 131021, "recipient"},                // the recipient is the sender
    {131026, 131026, "recipient"},                // not on WhatsApp, old client, terms not accepted
    {131030, 131030, "recipient"},                // not in the test number's list
    {131031, 131031, "config"},                   // account locked
    {131037, 131037, "config"},                   // display name not approved
    {131042, 131042, "balance"},                  // payment problem
    {131045, 131045, "config"},                   // number not registered
    {131047, 131047, "window"},                   // more than 24 hours since the person's last message
    {131048, 131048, "quota"},                    // number restricted because people report it as spam
    {131049, 131049, "policy", 24 * hour_ms},     // held back: this person gets too much marketing
    {131050, 131050, "opted_out"},                // the person stopped marketing of this business
    {131051, 131052, "content"},                  // type not supported; a person's media cannot be fetched
    {131053, 131053, "content", 0, "", 0, "gone"},
    {131055, 131055, "template"},  // not a marketing template: not for the marketing call
    {131056, 131056, "throttled", 6 * second_ms, "recipient"},  // one message in 6 s to the same person
    {131057, 131057, "provider", 60 * second_ms},               // maintenance, a throughput upgrade
    {131062, 131062, "recipient"},                              // this kind needs a phone number
    {131063, 131063, "config"},                   // marketing only through the Marketing Messages API
    {131064, 131064, "quota"},                    // limit cut because templates were in a wrong category
    {132000, 132999, "template"},                 // parameters, texts, paused, disabled, flows
    {133000, 133000, "config"},                   // registration
    {133004, 133004, "provider"},                 // server temporarily unavailable
    {133005, 133015, "config"},                   // registration
    {133016, 133016, "throttled", 72 * hour_ms},  // too many attempts to register
    {134011, 134011, "balance"},                  // payment terms not accepted
    {134100, 134102, "config"},                   // not eligible for the Marketing Messages API
    {135000, 135000, "content"},                  // generic refusal of the request
    {137000, 137000, "recipient"},                // the person's identity changed
    {1752041, 1752041, "config"},                 // Marketing Messages API not set up
    {2388019, 2388299, "template"},               // refused when it was created
};

inline const Meaning* meaning_of(std::int64_t code) {
    const Meaning* found =
        std::upper_bound(std::begin(meanings), std::end(meanings), code,
                         [](std::int64_t wanted, const Meaning& m) { return wanted < m.first; });
    if (found == std::begin(meanings)) return nullptr;
    --found;
    return code <= found->last ? found : nullptr;
}

// The class of a code; "other" for one that is not listed.
inline const char* map_error(std::int64_t code) {
    const Meaning* known = meaning_of(code);
    return known ? known->cls : "other";
}

// How long to wait before another try; 0: the code does not say.
inline std::int64_t retry_after_ms(std::int64_t code) {
    const Meaning* known = meaning_of(code);
    return known ? known->retry_after_ms : 0;
}

// The member that says most. "Invalid parameter" (100) is as good as no reason, but a subcode may name one:
// 33 that the object is gone, 2388… what is wrong with a new template.
inline const Json& telling_code(const Json& error) {
    const Json &code = error["code"], &sub = error["error_subcode"];
    return code == Json(100) && sub.is_integer() && meaning_of(sub.integer()) ? sub : code;
}

// For an error object of a reply or of a webhook. status: of the HTTP reply, 0 in a webhook.
inline Error read_error(const Json& error, int status = 0) {
    Error out;
    const Json& code = telling_code(error);
    out.code = code.scalar();
    const Json& details = error["error_data"]["details"];
    for (const Json* text : {&details, &error["error_user_msg"], &error["message"], &error["title"]})
        if (out.text.empty() && text->is_string()) out.text = text->text();
    if (const Meaning* known = code.is_integer() ? meaning_of(code.integer()) : nullptr) {
        out.cls = known->cls;
        out.retry_after_ms = known->retry_after_ms;
        out.scope = known->scope;
        out.tries = known->tries;
        out.media = known->media;
    } else if (status == 429) {
        out.cls = "throttled";
    } else {
        out.cls = status >= 500 ? "provider" : status == 401 || status == 403 ? "auth" : "other";
    }
    return out;
}

}  // namespace dakiya::waba

#endif
