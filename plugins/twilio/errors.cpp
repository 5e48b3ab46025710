#include "errors.hpp"

#include <algorithm>
#include <charconv>
#include <iterator>

#include "account.hpp"
#include "dakiya/reply.hpp"

namespace twilio {

using namespace dakiya;

namespace {

constexpr std::int64_t minutes_5 = 300'000, minute = 60'000, day = 86'400'000;

struct Row {
    std::int64_t code;
    const char* cls;
    std::int64_t retry_after_ms;
    const char* text;  // for callbacks, which often carry the code only
};

// Sorted by code. Each row has its page: https://www.twilio.com/docs/api/errors/21211
constexpr Row rows[] = {
    {20003, "auth", 0, "Twilio refuses the account number or its password"},
    {20404, "config", 0, "Twilio does not know this account or resource"},
    {20410, "plugin", 0, "this part of Twilio's API was removed"},
    {20429, "throttled", 0, "too many requests at the same time"},
    {20500, "provider", 0, "Twilio has an internal fault"},
    {21211, "recipient", 0, "this is not a phone number"},
    {21212, "config", 0, "the sender is not valid"},
    {21214, "recipient", 0, "this number cannot be reached"},
    {21408, "policy", 0, "messages to this country are not enabled (Messaging > Settings > Geo permissions)"},
    {21606, "config", 0, "the sender is not a number of this account that can send"},
    {21608, "policy", 0, "a trial account sends to verified numbers only"},
    {21609, "config", 0, "Twilio cannot call our public address"},
    {21610, "opted_out", 0, "this person has sent STOP to this sender"},
    {21611, "throttled", minutes_5, "this sender's queue at Twilio is full"},
    {21612, "recipient", 0, "there is no route from this sender to this number"},
    {21614, "recipient", 0, "this is not a mobile number"},
    {21617, "content", 0, "the text is longer than 1600 characters"},
    {21653, "plugin", 0, "more than one recipient in one request"},
    {21656, "template", 0, "the template's values are not valid"},
    {21660, "config", 0, "the sender belongs to another account"},
    {21703, "config", 0, "the sender group has no sender"},
    {30001, "throttled", minutes_5, "the queue at Twilio overflowed"},
    {30002, "auth", 0, "the Twilio account is suspended"},
    // Says nothing against the number: `recipient` would close it after three times.
    {30003, "provider", 0, "the phone is switched off or out of reach"},
    // Also what numbers on a do-not-disturb list answer.
    {30004, "policy", 0, "the phone, its carrier or a do-not-disturb list blocks the message"},
    {30005, "recipient", 0, "the number is unknown or no longer in use"},
    {30006, "recipient", 0, "a landline, or a carrier that cannot be reached"},
    {30007, "policy", 0, "Twilio or the carrier filtered the message"},
    {30008, "provider", 0, "the carrier did not deliver and does not say why"},
    {30034, "policy", 0, "the United States want this sender registered first (A2P 10DLC)"},
    {30036, "provider", 0, "the message was not delivered within its validity period"},
    {30046, "provider", 0, "the phone cannot be reached over RCS"},
    {35114, "content", 0, "the time of a scheduled message is missing or not valid"},
    {35115, "content", 0, "the time of a scheduled message is not valid"},
    {35117, "content", 0, "a message is scheduled too early, too late or without a sender group"},
    {63001, "auth", 0, "WhatsApp refuses the sender's credentials"},
    {63003, "recipient", 0, "this number is not on the channel"},
    {63005, "content", 0, "the channel did not accept the content"},
    {63007, "config", 0, "the sender is not a WhatsApp sender of this account"},
    {63008, "provider", 0, "the channel is misconfigured at Twilio"},
    {63010, "provider", 0, "the channel has an internal fault"},
    {63012, "provider", 0, "the channel has an internal fault"},
    {63013, "policy", 0, "the message breaks a rule of the channel"},
    {63015, "policy", 0, "this person has not joined the WhatsApp sandbox"},
    {63016, "window", 0, "24 hours after the person's last message only an approved template is allowed"},
    {63017, "throttled", minute, "the account sends more than 2,000 messages in a second"},
    {63018, "throttled", minute, "the sender's rate or its daily limit at Meta is used up"},
    {63019, "content", 0, "the file could not be fetched or converted"},
    {63020, "balance", 0, "Meta cannot bill the business: see its payment settings at Meta"},
    {63021, "template", 0, "the template with its values is not valid or longer than 1024 characters"},
    {63022, "config", 0, "the WhatsApp sender's display name is not confirmed"},
    {63024, "recipient", 0, "this number cannot get messages on WhatsApp"},
    {63025, "provider", 0, "the file is already there"},
    {63027, "template", 0, "the template does not exist in this language"},
    {63028, "template", 0, "the template takes another number of values"},
    {63029, "provider", 0, "the person's phone could not load the template"},
    {63030, "template", 0, "the template does not take one of these values"},
    {63032, "policy", 0, "WhatsApp does not let this person be written to at the moment"},
    {63041, "template", 0, "WhatsApp paused the template"},
    {63042, "template", 0, "WhatsApp disabled the template"},
    {63049, "policy", day, "WhatsApp limits how much marketing this person gets"},
    {63062, "policy", 0, "the terms of WhatsApp's marketing messages are not accepted"},
};

constexpr bool sorted() {
    for (std::size_t i = 1; i < std::size(rows); ++i)
        if (rows[i - 1].code >= rows[i].code) return false;
    return true;
}
static_assert(sorted(), "the table is searched by halves");

const Row* find(std::int64_t code) {
    const auto* row = std::lower_bound(std::begin(rows), std::end(rows), code,
                                       [](const Row& r, std::int64_t wanted) { return r.code < wanted; });
    return row != std::end(rows) && row->code == code ? row : nullptr;
}

// Marketing templates to the United States are never delivered, so trying later is of no use there.
// https://www.twilio.com/docs/api/errors/63049
bool never_later(std::int64_t code, std::string_view address) {
    return code == 63049 && without_channel(address).substr(0, 2) == "+1";
}

const char* class_of_status(int status) {
    if (status == 401 || status == 403) return "auth";
    if (status == 404) return "config";
    if (status == 429) return "throttled";
    if (status == 410) return "plugin";
    return status == 0 || status == 408 || status >= 500 ? "provider" : "other";
}

struct Refusal {
    std::int64_t code = 0;
    std::string text;
};

// {"code", "message"} of the core API, or {"code", "title", "detail"} (RFC 9457) of the newer ones. A body
// that is neither says nothing.
Refusal read_refusal(const Reply& reply) {
    const Json& body = body_of(reply);
    Refusal refusal;
    if (body["code"].is_integer()) refusal.code = body["code"].integer();
    for (const char* field : {"title", "detail", "message"})
        if (body[field].is_string()) refusal.text = body[field].text();
    return refusal;
}

}  // namespace

std::optional<Error> known_error(std::int64_t code, std::string text, std::string_view address) {
    const Row* row = find(code);
    if (!row) return std::nullopt;
    if (text.empty()) text = row->text;
    return Error{row->cls, std::to_string(code), std::move(text),
                 never_later(code, address) ? 0 : row->retry_after_ms};
}

Error message_error(std::int64_t code, const std::string& text, std::string_view address) {
    if (auto known = known_error(code, text, address)) return *known;
    return {"other", code ? std::to_string(code) : "", text.empty() ? "Twilio gives no reason" : text};
}

Error reply_error(const Reply& reply, std::string_view address) {
    Refusal refusal = read_refusal(reply);
    Error error;
    if (auto known = known_error(refusal.code, refusal.text, address)) {
        error = *known;
    } else {
        const std::int64_t code = refusal.code ? refusal.code : reply.status();
        if (refusal.text.empty())
            refusal.text = reply.status() ? "Twilio answered with status " + std::to_string(reply.status())
                                          : "Twilio did not answer: " + std::string(reply.error());
        error = {class_of_status(reply.status()), std::to_string(code), refusal.text};
    }
    if (const std::int64_t told = retry_after_ms(reply)) error.retry_after_ms = told;
    return error;
}

std::string explain(const Reply& reply) {
    if (reply.status() == 0) return unreachable("Twilio", reply);
    const Error error = reply_error(reply);
    const std::string said = " (Twilio says: " + error.text + ", " + error.code + ")";
    if (error.cls == "auth")
        return "Twilio refuses the credentials: copy the account number and its password again from the "
               "Console's first page, and check the data region." +
               said;
    if (error.cls == "throttled") return "Twilio is asked too often: try again in a minute." + said;
    if (error.cls == "provider") return "Twilio has a passing fault: try again in a few minutes." + said;
    if (error.code == "20404" || reply.status() == 404)
        return "Twilio does not know what was asked for: check the account number and the other IDs." + said;
    return "Twilio refused the call" + said;
}

const Json& require_ok(const Reply& reply) {
    if (!reply.ok()) throw Fault(DK_BAD_REPLY, explain(reply));
    return reply.json();
}

}  // namespace twilio
