#include "domain/plan.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <stdexcept>

#include "base/text.hpp"
#include "domain/form.hpp"
#include "domain/recurrence.hpp"
#include "domain/zones.hpp"

namespace dakiya::domain {

namespace {

constexpr std::array<std::string_view, 7> day_words{"mon", "tue", "wed", "thu", "fri", "sat", "sun"};
constexpr std::size_t longest_zone = 64;
constexpr std::size_t longest_reason = 300;
constexpr int most_canary = 1'000'000;
constexpr int longest_hold_s = 7 * 24 * 3600;
constexpr int most_watched = 10'000;

int whole(Form& form, const Json& json, std::string_view field, int least, int most, int fallback) {
    if (!json.contains(field)) return fallback;
    const double value = form.number(field, least, most);
    if (value != std::floor(value)) form.refuse(field, "must be a whole number");
    return static_cast<int>(value);
}

std::string zone(Form& form, std::string fallback) {
    if (!form.has("zone")) return fallback;
    std::string name = form.text("zone", longest_zone);
    if (name != recipients_zone && name != tenants_zone && !known_zone(name))
        form.refuse("zone", "there is no time zone \"" + name +
                                "\"; use \"recipient\", \"tenant\" or a name like \"Asia/Kolkata\"");
    return name;
}

// "09:00"; 24:00 is the end of the day.
int minutes(Form& form, std::string_view field) {
    const std::string text = form.text(field, 5);
    const auto digit = [&](std::size_t i) { return text[i] >= '0' && text[i] <= '9' ? text[i] - '0' : -1; };
    int value = -1;
    if (text.size() == 5 && text[2] == ':' && digit(0) >= 0 && digit(1) >= 0 && digit(3) >= 0 &&
        digit(3) < 6 && digit(4) >= 0)
        value = (digit(0) * 10 + digit(1)) * 60 + digit(3) * 10 + digit(4);
    if (value < 0 || value > 24 * 60) form.refuse(field, "must be a time of the day like \"09:00\"");
    return value;
}

std::string format_minutes(int value) {
    std::array<char, 16> text{};
    std::snprintf(text.data(), text.size(), "%02d:%02d", value / 60, value % 60);
    return text.data();
}

Schedule read_schedule(const Json& json, std::optional<Error>& wrong) {
    Form form(json, "schedule", wrong);
    form.only({"at", "zone", "repeat"});
    Schedule schedule;
    const std::string at = form.text("at", 16);
    const auto wall = parse_wall(at);
    if (!wall) form.refuse("at", "must be a date and time of the zone, like \"2026-12-01T10:00\"");
    schedule.at = wall.value_or(0);
    schedule.zone = zone(form, schedule.zone);
    if (!form.has("repeat")) return schedule;
    schedule.repeat = form.text("repeat", longest_rule);
    if (const auto checked = check_rule(schedule.repeat); !checked)
        form.refuse("repeat", checked.error().text);
    return schedule;
}

Window read_window(const Json& json, std::optional<Error>& wrong) {
    Form form(json, "window", wrong);
    form.only({"from", "to", "days", "zone"});
    Window window;
    window.from = minutes(form, "from");
    window.to = minutes(form, "to");
    if (window.from == window.to || window.from == 24 * 60)
        form.refuse("to", "the window is empty: from " + format_minutes(window.from) + " to " +
                              format_minutes(window.to));
    window.zone = zone(form, window.zone);
    if (!form.has("days")) return window;
    window.days = 0;
    for (const Json& day : form.array("days", day_words.size())) {
        const auto* found = std::find(day_words.begin(), day_words.end(), day.is_string() ? day.text() : "");
        if (found == day_words.end()) {
            form.refuse("days", "holds something else than mon, tue, wed, thu, fri, sat and sun");
            break;
        }
        window.days |= 1U << (found - day_words.begin());
    }
    return window;
}

Canary read_canary(const Json& json, std::optional<Error>& wrong) {
    Form form(json, "canary", wrong);
    form.only({"count", "percent", "hold_s", "max_failed_percent", "min_delivered_percent"});
    Canary canary;
    canary.count = whole(form, json, "count", 1, most_canary, 0);
    canary.percent = whole(form, json, "percent", 1, 99, 0);
    if ((canary.count == 0) == (canary.percent == 0))
        form.refuse("", "needs either \"count\" or \"percent\"");
    canary.hold_s = whole(form, json, "hold_s", 0, longest_hold_s, canary.hold_s);
    canary.max_failed_percent = whole(form, json, "max_failed_percent", 0, 100, canary.max_failed_percent);
    if (json.contains("min_delivered_percent"))
        canary.min_delivered_percent = whole(form, json, "min_delivered_percent", 0, 100, 0);
    return canary;
}

StopRule read_stop(const Json& json, std::optional<Error>& wrong) {
    Form form(json, "stop", wrong);
    form.only({"max_failed_percent", "after"});
    StopRule rule;
    rule.max_failed_percent = whole(form, json, "max_failed_percent", 1, 100, rule.max_failed_percent);
    rule.after = whole(form, json, "after", 10, most_watched, rule.after);
    return rule;
}

void read_category(const Json& json, Plan& plan, std::optional<Error>& wrong) {
    if (const Json* category = json.find("category")) {
        const std::string word = category->is_string() ? category->text() : "";
        if (word != "marketing" && word != "transactional")
            wrong = invalid("category", "must be \"marketing\" or \"transactional\"");
        plan.marketing = word == "marketing";
        plan.quiet_hours = plan.marketing;
    }
    if (const Json* reason = json.find("quiet_hours_reason")) {
        Form form(json, "", wrong);
        plan.quiet_hours_reason =
            reason->is_null() ? "" : form.optional_text("quiet_hours_reason", longest_reason);
    }
    if (const Json* quiet = json.find("quiet_hours")) {
        if (!quiet->is_bool())
            wrong = invalid("quiet_hours", "must be true or false");
        else
            plan.quiet_hours = quiet->boolean();
    }
    if (plan.quiet_hours) plan.quiet_hours_reason.clear();
    if (plan.marketing && !plan.quiet_hours && trim(plan.quiet_hours_reason).empty())
        wrong =
            invalid("quiet_hours_reason",
                    "marketing leaves quiet hours out only with a reason, which is kept in the audit log; a "
                    "message that people asked for is \"category\":\"transactional\"");
}

// A member that is replaced as a whole, or taken away by null.
template <class Part>
void read_part(const Json& json, std::string_view field, std::optional<Part>& part,
               Part (*read)(const Json&, std::optional<Error>&), std::optional<Error>& wrong) {
    const Json* found = json.find(field);
    if (!found) return;
    part.reset();
    if (!found->is_null()) part = read(*found, wrong);
}

Json to_json(const Schedule& schedule) {
    Json json{{"at", format_wall(schedule.at)}, {"zone", schedule.zone}};
    if (!schedule.repeat.empty()) json.set("repeat", schedule.repeat);
    return json;
}

Json to_json(const Window& window) {
    Json days = Json::array();
    for (std::size_t i = 0; i < day_words.size(); ++i)
        if ((window.days >> i & 1U) != 0) days.push_back(day_words[i]);
    return Json{{"from", format_minutes(window.from)},
                {"to", format_minutes(window.to)},
                {"days", std::move(days)},
                {"zone", window.zone}};
}

Json to_json(const Canary& canary) {
    Json json = canary.count > 0 ? Json{{"count", canary.count}} : Json{{"percent", canary.percent}};
    json.set("hold_s", canary.hold_s);
    json.set("max_failed_percent", canary.max_failed_percent);
    if (canary.min_delivered_percent) json.set("min_delivered_percent", *canary.min_delivered_percent);
    return json;
}

template <class Part>
Json or_null(const std::optional<Part>& part) {
    return part ? to_json(*part) : Json();
}

}  // namespace

Plan default_plan() {
    Plan plan;
    plan.marketing = plan.quiet_hours = true;
    return plan;
}

Result<Plan> read_plan(const Json& json, Plan plan) {
    std::optional<Error> wrong;
    read_category(json, plan, wrong);
    read_part(json, "schedule", plan.schedule, &read_schedule, wrong);
    read_part(json, "window", plan.window, &read_window, wrong);
    read_part(json, "canary", plan.canary, &read_canary, wrong);
    std::optional<StopRule> stop = plan.stop;
    read_part(json, "stop", stop, &read_stop, wrong);
    plan.stop = stop.value_or(StopRule{});
    if (wrong) return *wrong;
    return plan;
}

Json to_json(const Plan& plan) {
    return Json{
        {"category", plan.marketing ? "marketing" : "transactional"},
        {"quiet_hours", plan.quiet_hours},
        {"quiet_hours_reason", plan.quiet_hours_reason},
        {"schedule", or_null(plan.schedule)},
        {"window", or_null(plan.window)},
        {"canary", or_null(plan.canary)},
        {"stop", Json{{"max_failed_percent", plan.stop.max_failed_percent}, {"after", plan.stop.after}}}};
}

Plan stored_plan(const std::string& text) {
    if (text.empty()) {
        Plan none;
        none.stop.max_failed_percent = 100;
        return none;
    }
    auto plan = read_plan(Json::parse(text), {});
    if (!plan) throw std::runtime_error("a stored plan cannot be read: " + plan.error().text);
    return *std::move(plan);
}

}  // namespace dakiya::domain
