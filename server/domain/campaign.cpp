#include "domain/campaign.hpp"

#include <string>

#include "domain/words.hpp"

namespace dakiya::domain {

namespace {

using S = CampaignState;

constexpr Words<S, 7> states{{
    {S::draft, "draft"},
    {S::scheduled, "scheduled"},
    {S::sending, "sending"},
    {S::paused, "paused"},
    {S::completed, "completed"},
    {S::cancelled, "cancelled"},
    {S::failed, "failed"},
}};

constexpr Words<Action, 8> actions{{
    {Action::schedule, "schedule"},
    {Action::send, "send"},
    {Action::pause, "pause"},
    {Action::resume, "resume"},
    {Action::cancel, "cancel"},
    {Action::finish, "finish"},
    {Action::fail, "fail"},
    {Action::wait, "resume"},
}};

struct Step {
    S from;
    Action action;
    S to;
};

// Everything that can happen. schedule on a scheduled one gives it another time.
constexpr Step steps[] = {
    {S::draft, Action::schedule, S::scheduled},     {S::draft, Action::send, S::sending},
    {S::draft, Action::cancel, S::cancelled},

    {S::scheduled, Action::schedule, S::scheduled}, {S::scheduled, Action::send, S::sending},
    {S::scheduled, Action::cancel, S::cancelled},   {S::scheduled, Action::fail, S::failed},
    {S::scheduled, Action::pause, S::paused},

    {S::sending, Action::pause, S::paused},         {S::sending, Action::cancel, S::cancelled},
    {S::sending, Action::finish, S::completed},     {S::sending, Action::fail, S::failed},

    {S::paused, Action::resume, S::sending},        {S::paused, Action::cancel, S::cancelled},
    {S::paused, Action::fail, S::failed},           {S::paused, Action::wait, S::scheduled},
};

bool of_a_person(Action action) {
    return action != Action::finish && action != Action::fail && action != Action::wait;
}

// "schedule, send or cancel"; empty when the campaign is over.
std::string possible(S now) {
    std::string list;
    std::string last;
    for (const Step& step : steps) {
        if (step.from != now || !of_a_person(step.action)) continue;
        if (!last.empty()) list += (list.empty() ? "" : ", ") + last;
        last = to_string(step.action);
    }
    return list.empty() ? last : list + " or " + last;
}

Error refusal(S now, Action action) {
    const std::string choices = possible(now);
    return {
        Code::conflict,
        "cannot " + std::string(to_string(action)) + " a campaign that is " + std::string(to_string(now)) +
            (choices.empty() ? ": it is over; duplicate it to send again" : ": possible now is " + choices),
        ""};
}

}  // namespace

std::string_view to_string(CampaignState state) { return word_of(states, state); }
std::string_view to_string(Action action) { return word_of(actions, action); }

Result<CampaignState> after(CampaignState now, Action action) {
    for (const Step& step : steps)
        if (step.from == now && step.action == action) return step.to;
    return refusal(now, action);
}

bool editable(CampaignState state) { return state == S::draft || state == S::scheduled; }

bool final(CampaignState state) {
    return state == S::completed || state == S::cancelled || state == S::failed;
}

}  // namespace dakiya::domain
