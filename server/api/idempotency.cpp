#include "api/idempotency.hpp"

#include <algorithm>

namespace dakiya::api {

Result<std::optional<std::string>> idempotency_key(const Request& request) {
    const auto header = std::find_if(request.headers.begin(), request.headers.end(),
                                     [](const Header& h) { return h.name == "idempotency-key"; });
    if (header == request.headers.end()) return std::optional<std::string>();
    const std::string& key = header->value;
    const bool visible = std::all_of(key.begin(), key.end(), [](char c) { return c > 0x20 && c < 0x7f; });
    if (key.empty() || key.size() > 128 || !visible)
        return invalid("Idempotency-Key", "an Idempotency-Key has 1 to 128 visible ASCII characters");
    return std::optional<std::string>(key);
}

}  // namespace dakiya::api
