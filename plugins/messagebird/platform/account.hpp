// The Bird Platform API (2026): one workspace's API key, and how every call is made.
// https://github.com/messagebird/bird-sdk-typescript
#ifndef DAKIYA_MESSAGEBIRD_PLATFORM_ACCOUNT_HPP
#define DAKIYA_MESSAGEBIRD_PLATFORM_ACCOUNT_HPP

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "dakiya/provider.hpp"

namespace messagebird::platform {

struct Account {
    // Throws Fault when the key does not name its region.
    explicit Account(const dakiya::Settings& settings);

    std::string key, webhook_secret, from_sms, from_whatsapp, category;
    std::vector<std::string> whatsapp_templates;  // "slug:language" or "slug:language:values"
    std::string base;                             // "https://us1.platform.bird.com"

    // path: "/v1/…"
    dakiya::Http get(std::string_view path) const;
    dakiya::Http post(std::string_view path) const;
};

// The API as a connection: its four functions.
std::unique_ptr<const dakiya::Connection> open(const dakiya::Settings& settings);

}  // namespace messagebird::platform

#endif
