// MSG91 writes dates without a zone; they are India time, which is +05:30 all year.
#ifndef DAKIYA_MSG91_TIME_HPP
#define DAKIYA_MSG91_TIME_HPP

#include <cstdint>
#include <string>
#include <string_view>

namespace msg91 {

// "2026-11-02 10:06:20", also with "T", "/", a fraction of a second, or "Z" for UTC; or seconds or
// milliseconds of Unix time. Milliseconds of Unix time; 0 when it is none of these.
std::int64_t read_time(std::string_view text);

// "2026-11-20": the day in India.
std::string india_day(std::int64_t now_ms);

// Until promotional messages may go out again in India, where 10:00 to 21:00 is allowed (TRAI's TCCCPR
// 2018, enforced by the operators' DLT as 651 EC_INVALID_PROMO_TIME): milliseconds until 10:00, at least
// a minute, because within the window another clock than ours decides.
std::int64_t until_promotional_hours(std::int64_t now_ms);

}  // namespace msg91

#endif
