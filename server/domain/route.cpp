#include "domain/route.hpp"

#include <algorithm>

#include "domain/admission.hpp"
#include "domain/words.hpp"

namespace dakiya::domain {

namespace {

constexpr std::size_t longest_channel = 16;

constexpr Words<OnUncertain, 2> policies{{
    {OnUncertain::leave, "leave"},
    {OnUncertain::resend, "resend"},
}};

bool known_field(std::string_view name) {
    return name == "connection" || name == "channel" || name == "content" || name == "after_s" ||
           name == "on_failure";
}

Result<StepRule> parse_rule(const Json& json, const std::string& path) {
    StepRule rule;
    if (const Json* after = json.find("after_s")) {
        if (!after->is_integer() || after->integer() < 0 || after->integer() > longest_after_s)
            return invalid(path + ".after_s", "must be a whole number of seconds, at most 604800 (a week)");
        rule.after_ms = after->integer() * 1000;
    }
    if (const Json* on_failure = json.find("on_failure")) {
        if (!on_failure->is_bool()) return invalid(path + ".on_failure", "must be true or false");
        rule.on_failure = on_failure->boolean();
    }
    if (rule.after_ms == 0 && !rule.on_failure)
        return invalid(path, "this step would never begin: set \"after_s\", or leave \"on_failure\" out");
    return rule;
}

Result<Step> parse_step(const Json& json, const std::string& path) {
    if (!json.is_object()) return invalid(path, "must be an object with \"connection\" and \"content\"");
    for (const auto& [name, value] : json.members())
        if (!known_field(name)) return invalid(path + "." + name, "is not known");
    Step step;
    const Json* connection = json.find("connection");
    const auto id = connection && connection->is_string() ? parse_id(prefix::connection, connection->text())
                                                          : std::nullopt;
    if (!id) return invalid(path + ".connection", "must be the id of a connection (con_…)");
    step.connection = *id;
    if (const Json* channel = json.find("channel")) {
        if (!channel->is_string() || channel->text().empty() || channel->text().size() > longest_channel)
            return invalid(path + ".channel", "must be the name of a channel, such as \"sms\"");
        step.channel = channel->text();
    }
    const Json* content = json.find("content");
    if (!content) return invalid(path + ".content", "is missing: say what this step sends");
    auto parsed = parse_content(*content, path + ".content");
    if (!parsed) return parsed.error();
    step.content = *std::move(parsed);
    auto rule = parse_rule(json, path);
    if (!rule) return rule.error();
    step.rule = *rule;
    return step;
}

// The person cannot be reached on that channel, so the next one has its turn. Everything else that stops a
// message at admission is to be corrected by a person, or was the recipient's wish.
bool unreachable(std::string_view skip_reason) {
    return skip_reason == reason::no_address || skip_reason == reason::invalid_address;
}

std::int64_t failure_due(const StepRule& rule, std::int64_t sent_at) {
    return rule.on_failure ? sent_at : sent_at + rule.after_ms;
}

}  // namespace

std::string_view to_string(OnUncertain policy) { return word_of(policies, policy); }
std::optional<OnUncertain> parse_on_uncertain(std::string_view word) { return value_of(policies, word); }

Result<std::vector<Step>> parse_steps(const Json& json, std::string_view path) {
    const std::string at(path);
    if (!json.is_array()) return invalid(at, "must be a list of steps");
    if (json.size() > most_steps) return Error{Code::too_many, "a route has at most 3 further steps", at};
    std::vector<Step> steps;
    for (std::size_t i = 0; i < json.size(); ++i) {
        auto step = parse_step(json.at(i), at + "[" + std::to_string(i) + "]");
        if (!step) return step.error();
        steps.push_back(*std::move(step));
    }
    if (to_json(steps).dump().size() > most_route_bytes)
        return Error{Code::too_large, "the steps together have more than 60,000 bytes as JSON", at};
    return steps;
}

Json to_json(const std::vector<Step>& steps) {
    Json list = Json::array();
    for (const Step& step : steps)
        list.push_back(Json{{"connection", format_id(prefix::connection, step.connection)},
                            {"channel", step.channel},
                            {"content", to_json(step.content)},
                            {"after_s", step.rule.after_ms / 1000},
                            {"on_failure", step.rule.on_failure}});
    return list;
}

std::optional<StepRule> first_rule(const Json& steps) {
    if (!steps.is_array() || steps.empty()) return std::nullopt;
    const Json& first = steps.at(std::size_t{0});
    return StepRule{first.value("after_s", 0) * std::int64_t{1000}, first.value("on_failure", true)};
}

std::optional<std::int64_t> step_due(const StepRule& rule, const Earlier& earlier, std::int64_t settled_by) {
    switch (earlier.state) {
        case State::failed:
            if (!meaning(earlier.cls).fallback) return std::nullopt;
            return failure_due(rule, earlier.sent_at);
        case State::skipped:
            if (!unreachable(earlier.skip_reason)) return std::nullopt;
            return failure_due(rule, earlier.sent_at);
        case State::sent:
            if (rule.after_ms == 0) return std::nullopt;
            return earlier.sent_at + rule.after_ms;
        case State::uncertain:
            return std::max(settled_by, earlier.sent_at + rule.after_ms);
        case State::queued:
        case State::sending:
        case State::cancelled:
        case State::delivered:
        case State::read:
        case State::received:
            return std::nullopt;
    }
    return std::nullopt;
}

std::string_view overtaken(Follows follows, State state, bool direct) {
    const bool delivered = state == State::delivered || state == State::read;
    if (!delivered && state != State::sent) return {};
    if (follows == Follows::retry) return reason::reached_before;
    if (delivered) return reason::delivered_before;
    // Sent and silent is why a step after a silence begins; and what was silent before an earlier step still
    // is.
    return follows == Follows::failure && direct ? reason::reached_before : std::string_view();
}

}  // namespace dakiya::domain
