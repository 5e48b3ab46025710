// The old MessageBird APIs (dashboard.messagebird.com): SMS over rest.messagebird.com, WhatsApp over
// Conversations. https://developers.messagebird.com
#ifndef DAKIYA_MESSAGEBIRD_LEGACY_ACCOUNT_HPP
#define DAKIYA_MESSAGEBIRD_LEGACY_ACCOUNT_HPP

#include <memory>
#include <string>
#include <string_view>

#include "dakiya/provider.hpp"

namespace messagebird::legacy {

struct Account {
    // Throws Fault when the key is missing.
    explicit Account(const dakiya::Settings& settings);

    std::string key, signing_key, originator, whatsapp_channel, waba_id, name_space;
    std::string conversations;  // "https://conversations.messagebird.com/v1", or the sandbox's
    bool is_test_key;           // MessageBird then checks and does not send

    dakiya::Http get(std::string url) const { return authorised(dakiya::Http::get(std::move(url))); }
    dakiya::Http post(std::string url) const { return authorised(dakiya::Http::post(std::move(url))); }
    dakiya::Http del(std::string url) const { return authorised(dakiya::Http::del(std::move(url))); }

private:
    dakiya::Http authorised(dakiya::Http http) const;
};

constexpr std::string_view sms_api = "https://rest.messagebird.com";
constexpr std::string_view templates_api = "https://integrations.messagebird.com";
constexpr std::string_view files_api = "https://messaging.messagebird.com/v1/files";

std::unique_ptr<const dakiya::Connection> open(const dakiya::Settings& settings);

}  // namespace messagebird::legacy

#endif
