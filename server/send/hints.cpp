#include "send/hints.hpp"

#include <algorithm>

#include "domain/outcome.hpp"

namespace dakiya::send {

std::string limit_key(Id connection, std::string_view name) {
    return std::to_string(connection) + "/" + std::string(name.empty() ? "default" : name);
}

void heed_limits(net::Limiter& limiter, Limits& limits, const plugin::Manifest& manifest, Id connection,
                 std::string_view drawn_on, const std::vector<plugin::Record>& records) {
    for (const plugin::Record& record : records) {
        if (record.kind == "limit") {
            const std::string name = record.json.value("key", "default");
            const std::string key = limit_key(connection, name);
            const Json& rate = record.json["per_second"];
            if (!rate.is_null() && limits.report(manifest, name, connection, rate.number()))
                limiter.report(key, limits.published(manifest, name).value_or(0), rate.number());
            if (const auto wait = record.json.value("retry_after_ms", 0); wait > 0)
                limiter.slow_down(key, Millis(wait));
        } else if (record.kind == "result") {
            const Json& error = record.json["error"];
            if (error.is_object() && error.value("class", "") == "throttled" &&
                error.value("scope", "") != "recipient")
                limiter.slow_down(limit_key(connection, drawn_on), Millis(error.value("retry_after_ms", 0)));
        }
    }
}

bool means_trouble(const std::vector<plugin::Record>& records) {
    return std::any_of(records.begin(), records.end(), [](const plugin::Record& record) {
        const Json& error = record.json["error"];
        return record.kind == "result" && error.is_object() &&
               domain::meaning(domain::parse_class(error.value("class", ""))).stop == domain::Stop::breaker;
    });
}

}  // namespace dakiya::send
