#include "send/retry_after.hpp"

#include <algorithm>
#include <charconv>
#include <ctime>
#include <iomanip>
#include <locale>
#include <sstream>
#include <string>

#include "base/text.hpp"
#include "domain/outcome.hpp"

namespace dakiya::send {

namespace {

constexpr std::uint32_t too_many_requests = 429, service_unavailable = 503;
constexpr std::int64_t most_seconds = 1'000'000'000;  // no wait is that long; keeps the product in range

std::int64_t after_seconds(const std::string& text) {
    std::int64_t seconds = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
    if (error != std::errc() || end != text.data() + text.size()) return 0;
    return std::clamp<std::int64_t>(seconds, 0, most_seconds) * 1000;
}

// "Sun, 06 Nov 1994 08:49:37 GMT", the only form that may be sent.
std::int64_t until_date(const std::string& text, std::int64_t now_ms) {
    std::tm date{};
    std::istringstream in(text);
    in.imbue(std::locale::classic());
    in >> std::get_time(&date, "%a, %d %b %Y %H:%M:%S GMT");
    if (in.fail()) return 0;
    return std::max<std::int64_t>(std::int64_t{timegm(&date)} * 1000 - now_ms, 0);
}

bool passes(const Json& error) {
    const domain::Class cls = domain::parse_class(error.value("class", ""));
    return cls == domain::Class::throttled || cls == domain::Class::provider;
}

}  // namespace

Millis told_wait(const plugin::Reply& reply, std::int64_t now_ms) {
    if (reply.status != too_many_requests && reply.status != service_unavailable) return Millis(0);
    for (const plugin::Header& header : reply.headers)
        if (lower_ascii(header.name) == "retry-after")
            return Millis(std::max(after_seconds(header.value), until_date(header.value, now_ms)));
    return Millis(0);
}

void heed_retry_after(std::vector<plugin::Record>& records, const plugin::Reply& reply, std::int64_t now_ms) {
    const Millis wait = told_wait(reply, now_ms);
    if (wait == Millis(0)) return;
    for (plugin::Record& record : records) {
        Json* error = record.kind == "result" ? record.json.find("error") : nullptr;
        if (!error || !error->is_object() || !passes(*error)) continue;
        error->set("retry_after_ms", std::max(error->value("retry_after_ms", std::int64_t{0}), wait.count()));
    }
}

}  // namespace dakiya::send
