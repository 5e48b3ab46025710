// A route: which message follows when an earlier one does not get through, and when. One idea for campaigns
// and single messages: each message knows the steps that are left after it, so "the next step" is always the
// first of these.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/id.hpp"
#include "domain/content.hpp"
#include "domain/message.hpp"
#include "domain/outcome.hpp"

namespace dakiya::domain {

inline constexpr std::size_t most_steps = 3;              // after the first message
inline constexpr int longest_after_s = 7 * 24 * 3600;     // seconds
inline constexpr std::size_t most_route_bytes = 60'000;   // as JSON; a TEXT column holds 65,535
inline constexpr std::int64_t late_news_ms = 86'400'000;  // a failure reported later than this after the
                                                          // attempt starts no further step

namespace reason {  // stored and counted, like those of domain/admission.hpp
inline constexpr std::string_view delivered_before = "delivered_before";
inline constexpr std::string_view reached_before = "reached_before";
inline constexpr std::string_view uncertain_before = "uncertain_before";
}  // namespace reason

// When a step begins.
struct StepRule {
    std::int64_t after_ms = 0;  // not delivered this long after the attempt; 0: failures only
    bool on_failure = true;     // a failure begins it at once; false: not before after_ms either
};

struct Step {
    Id connection = 0;
    std::string channel;
    Content content;
    StepRule rule;
};

// Strict, like parse_content: [{"connection":"con_…","channel":"sms","content":{…},"after_s":600,
// "on_failure":true}], in order, at most most_steps. Everything but connection and content may be left out.
// path: where `json` stands in the request.
Result<std::vector<Step>> parse_steps(const Json& json, std::string_view path);
Json to_json(const std::vector<Step>& steps);

// When the first of stored steps begins, or nothing when there is none.
std::optional<StepRule> first_rule(const Json& steps);

// What a campaign does about a message of which nobody can say whether it was sent.
enum class OnUncertain : std::int16_t { leave = 0, resend = 1 };
std::string_view to_string(OnUncertain policy);
std::optional<OnUncertain> parse_on_uncertain(std::string_view word);

// With `resend`, how often one message is sent again after its answer was lost.
inline constexpr int most_resends = 2;
inline constexpr std::int64_t resend_wait_ms = 30'000;

// What is known of a message when it is asked whether the next step begins.
struct Earlier {
    State state = State::queued;
    Class cls = Class::other;      // when it failed
    std::string_view skip_reason;  // when it was skipped
    std::int64_t sent_at = 0;      // Unix ms: its attempt, or its admission when there was none
};

// When the next step begins as things stand (Unix ms, maybe in the past), or nothing when it does not.
// settled_by: until when an uncertain message is given time to be settled. Whether an uncertain one is then
// followed is the campaign's policy, see OnUncertain.
std::optional<std::int64_t> step_due(const StepRule& rule, const Earlier& earlier, std::int64_t settled_by);

// Why a message follows the one before it. Stored.
enum class Follows : std::int16_t {
    retry = 0,    // the same message once more: "retry failed", or a person's word
    failure = 1,  // a step of a route: the earlier one failed
    silence = 2   // a step of a route: the earlier one was not delivered in time
};

// Right before a message is marked: why it must not go any more, now that one before it is in `state` (one of
// domain::reason); empty when it may go. direct: that is the message right before it, not an earlier one.
std::string_view overtaken(Follows follows, State state, bool direct);

}  // namespace dakiya::domain
