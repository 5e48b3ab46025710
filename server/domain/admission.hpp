// The checks before a message exists. The API, campaigns, replies and one-time passwords all pass this
// one list: facts in, admitted or skipped with a reason out.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "domain/suppression.hpp"

namespace dakiya::domain {

namespace reason {  // stored and counted: they never change
inline constexpr std::string_view connection_disabled = "connection_disabled";
inline constexpr std::string_view unsupported_channel = "unsupported_channel";
inline constexpr std::string_view unsupported_kind = "unsupported_kind";
inline constexpr std::string_view template_not_approved = "template_not_approved";
inline constexpr std::string_view no_address = "no_address";
inline constexpr std::string_view invalid_address = "invalid_address";
inline constexpr std::string_view suppressed = "suppressed";
inline constexpr std::string_view missing_variable = "missing_variable";
inline constexpr std::string_view variables_too_large = "variables_too_large";
inline constexpr std::string_view no_time_suits = "no_time_suits";  // found by the schedule, not by admit()
}  // namespace reason

// What the caller has looked up. Views must outlive the call only.
struct Facts {
    bool connection_enabled = false;
    std::string_view channel, kind;
    bool channel_supported = false;    // the provider has the channel
    bool kind_supported = false;       // … and the kind of message on it
    std::string_view template_status;  // of a template message: "approved", "paused", …, "" when unknown
    std::string_view address;          // of the person on this channel; empty: none
    bool address_valid = false;
    std::optional<Suppression> suppression;  // of the address on this channel
    const Error* variables = nullptr;        // why domain::resolve refused; null: it did not
};

struct Skip {
    std::string_view reason;  // one of domain::reason
    std::string text;         // what is wrong and what to do
};

// The first check that fails, in the order of domain::reason; nothing when the message may go.
std::optional<Skip> admit(const Facts& facts);

}  // namespace dakiya::domain
