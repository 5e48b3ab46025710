// dakiya/waba/event_fields.hpp - what all webhook fields have in common: times, people, optional texts.
#ifndef DAKIYA_WABA_EVENT_FIELDS_HPP
#define DAKIYA_WABA_EVENT_FIELDS_HPP

#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "dakiya/event.hpp"
#include "dakiya/json.hpp"
#include "dakiya/phone.hpp"
#include "dakiya/waba/limits.hpp"

namespace dakiya::waba::detail {

// Seconds, as text or as a number; milliseconds were seen in the wild. 0 when there is none.
inline std::int64_t time_of(const Json& time) {
    const std::string text = time.scalar();
    if (!is_digits(text) || text.size() > 15) return 0;
    const std::int64_t value = std::strtoll(text.c_str(), nullptr, 10);
    return value > 100'000'000'000 ? value : value * 1000;
}

inline void put(Event& event, std::string_view field, std::string value) {
    if (!value.empty()) event.set(field, std::move(value));
}

}  // namespace dakiya::waba::detail

#endif
