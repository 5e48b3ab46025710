#include "domain/recurrence.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <memory>
#include <set>
#include <stdexcept>
#include <string>

#include <libical/ical.h>

#include "domain/zones.hpp"

namespace dakiya::domain {

namespace {

constexpr int most_interval = 1000;
constexpr int most_count = 10'000;
constexpr int most_steps = 100'000;  // of one look-up: 270 years of days

using Wrong = std::optional<Error>;

Wrong refused(std::string text) { return invalid("", std::move(text)); }

std::optional<int> number(std::string_view text) {
    int value = 0;
    const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (fault != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return value;
}

std::vector<std::string_view> split(std::string_view text, char separator) {
    std::vector<std::string_view> parts;
    for (;;) {
        const auto at = text.find(separator);
        parts.push_back(text.substr(0, at));
        if (at == text.npos) return parts;
        text.remove_prefix(at + 1);
    }
}

Wrong check_number(std::string_view name, std::string_view value, int most) {
    const auto n = number(value);
    if (n && *n >= 1 && *n <= most) return {};
    return refused(std::string(name) + " must be a number from 1 to " + std::to_string(most));
}

// MO, or 1MO and -1FR in a month.
Wrong check_days(std::string_view value, bool monthly) {
    constexpr std::array<std::string_view, 7> days{"MO", "TU", "WE", "TH", "FR", "SA", "SU"};
    for (const std::string_view item : split(value, ',')) {
        const auto day = item.substr(item.size() < 2 ? 0 : item.size() - 2);
        const auto place = item.substr(0, item.size() - day.size());
        const auto n = number(place.substr(!place.empty() && place.front() == '+' ? 1 : 0));
        if (std::find(days.begin(), days.end(), day) == days.end() || (!place.empty() && !n))
            return refused("BYDAY holds \"" + std::string(item) + "\"; use MO, TU, WE, TH, FR, SA and SU");
        if (n && (!monthly || *n == 0 || *n < -5 || *n > 5))
            return refused("BYDAY holds \"" + std::string(item) +
                           "\"; a day with a number (-5 to 5) belongs to FREQ=MONTHLY");
    }
    return {};
}

Wrong check_month_days(std::string_view value) {
    for (const std::string_view item : split(value, ',')) {
        const auto n = number(item);
        if (!n || *n == 0 || *n < -31 || *n > 31)
            return refused("BYMONTHDAY holds \"" + std::string(item) +
                           "\"; use 1 to 31, or -1 for the last day");
    }
    return {};
}

Wrong check_until(std::string_view value) {
    constexpr std::string_view forms[] = {"00000000", "00000000T000000"};
    for (const std::string_view form : forms) {
        bool fits = value.size() == form.size();
        for (std::size_t i = 0; fits && i < form.size(); ++i)
            fits = form[i] == '0' ? value[i] >= '0' && value[i] <= '9' : value[i] == form[i];
        if (!fits) continue;
        std::string wall = std::string(value.substr(0, 4)) + "-" + std::string(value.substr(4, 2)) + "-" +
                           std::string(value.substr(6, 2)) + "T";
        wall += value.size() == 8 ? "00:00"
                                  : std::string(value.substr(9, 2)) + ":" + std::string(value.substr(11, 2));
        if (parse_wall(wall)) return {};
    }
    return refused("UNTIL must be a date (20261231) or a local time (20261231T180000), without a zone");
}

Wrong check_part(std::string_view name, std::string_view value, std::string_view freq) {
    if (name == "FREQ") {
        if (value == "DAILY" || value == "WEEKLY" || value == "MONTHLY") return {};
        return refused("FREQ=" + std::string(value) + " is not possible here; use DAILY, WEEKLY or MONTHLY");
    }
    if (name == "INTERVAL") return check_number(name, value, most_interval);
    if (name == "COUNT") return check_number(name, value, most_count);
    if (name == "UNTIL") return check_until(value);
    if (name == "BYDAY") return check_days(value, freq == "MONTHLY");
    if (name == "BYMONTHDAY") {
        if (freq != "MONTHLY") return refused("BYMONTHDAY belongs to FREQ=MONTHLY");
        return check_month_days(value);
    }
    return refused("\"" + std::string(name) +
                   "\" is not possible here; use FREQ, INTERVAL, BYDAY, BYMONTHDAY, COUNT and UNTIL");
}

icaltimetype to_ical(std::int64_t wall_ms) {
    std::string text = format_wall(wall_ms) + "00";  // 2026-12-01T10:0000
    std::erase_if(text, [](char c) { return c == '-' || c == ':'; });
    return icaltime_from_string(text.c_str());
}

std::int64_t from_ical(const icaltimetype& time) {
    char text[32];
    std::snprintf(text, sizeof text, "%04d-%02d-%02dT%02d:%02d", time.year, time.month, time.day, time.hour,
                  time.minute);
    return parse_wall(text).value();
}

}  // namespace

Result<void> check_rule(std::string_view rule) {
    if (rule.empty() || rule.size() > longest_rule)
        return *refused("the rule is empty or over 200 characters");
    std::string_view freq;
    for (const std::string_view part : split(rule, ';'))
        if (part.substr(0, 5) == "FREQ=") freq = part.substr(5);
    std::set<std::string_view> seen;
    for (const std::string_view part : split(rule, ';')) {
        const auto equals = part.find('=');
        if (equals == part.npos)
            return *refused("\"" + std::string(part) + "\" is not of the form NAME=VALUE");
        const auto name = part.substr(0, equals);
        if (!seen.insert(name).second) return *refused(std::string(name) + " is there twice");
        if (const Wrong wrong = check_part(name, part.substr(equals + 1), freq)) return *wrong;
    }
    if (freq.empty()) return *refused("FREQ is missing, like in FREQ=WEEKLY;BYDAY=MO");
    if (seen.contains("COUNT") && seen.contains("UNTIL"))
        return *refused("COUNT and UNTIL exclude each other");
    return {};
}

std::vector<std::int64_t> occurrences(std::string_view rule, std::int64_t start, std::int64_t from,
                                      std::size_t most) {
    std::vector<std::int64_t> found;
    const icalrecurrencetype parsed = icalrecurrencetype_from_string(std::string(rule).c_str());
    if (parsed.freq == ICAL_NO_RECURRENCE) throw std::invalid_argument("not a rule: " + std::string(rule));
    const std::unique_ptr<icalrecur_iterator, void (*)(icalrecur_iterator*)> iterator(
        icalrecur_iterator_new(parsed, to_ical(start)), &icalrecur_iterator_free);
    if (!iterator) throw std::invalid_argument("not a rule: " + std::string(rule));
    for (int step = 0; step < most_steps && found.size() < most; ++step) {
        const icaltimetype next = icalrecur_iterator_next(iterator.get());
        if (icaltime_is_null_time(next) != 0) break;
        const std::int64_t wall = from_ical(next);
        if (wall >= from) found.push_back(wall);
    }
    return found;
}

}  // namespace dakiya::domain
