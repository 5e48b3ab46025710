// One tenant's Twilio account: its settings, and how every call is made.
// https://www.twilio.com/docs/usage/requests-to-twilio
#ifndef DAKIYA_TWILIO_ACCOUNT_HPP
#define DAKIYA_TWILIO_ACCOUNT_HPP

#include <string>
#include <string_view>

#include "dakiya/provider.hpp"

namespace twilio {

class Account {
public:
    // Throws Fault when the settings contradict each other.
    explicit Account(const dakiya::Settings& settings);

    std::string sid, messaging_service, from_sms, from_whatsapp;
    // Webhooks are signed with the primary Auth Token of the account, never with an API key; `next_token` is
    // the one that is about to become primary, or empty.
    std::string token, next_token;
    bool uses_api_key;

    // "https://api.twilio.com", or the host of the account's region.
    std::string api, content, messaging;

    // "{api}/2010-04-01/Accounts/{sid}{path}". Without ".json" Twilio answers XML.
    std::string core(std::string_view path) const;

    dakiya::Http get(std::string url) const { return authorised(dakiya::Http::get(std::move(url))); }
    dakiya::Http post(std::string url) const { return authorised(dakiya::Http::post(std::move(url))); }
    dakiya::Http del(std::string url) const { return authorised(dakiya::Http::del(std::move(url))); }
    // A call that reads or changes the account: such calls share one limit.
    dakiya::Http manage(dakiya::Http http) const { return http.limit("manage:" + sid); }

private:
    dakiya::Http authorised(dakiya::Http http) const {
        return http.secret_header("authorization", authorization_);
    }

    std::string authorization_;
};

// The page after this one, on the host that we asked (`base`), or "" after the last. The core API names it
// by a path ("next_page_uri"), the others by a URL ("meta.next_page_url").
// https://www.twilio.com/docs/usage/twilios-response
std::string next_page(const dakiya::Json& page, const std::string& base);

// Is it "HX…", "MG…", …: two letters and 32 hex digits? https://www.twilio.com/docs/glossary/what-is-a-sid
bool is_sid(std::string_view text, std::string_view prefix);

// "whatsapp:+1415…" without the channel. https://www.twilio.com/docs/messaging/channels
std::string_view without_channel(std::string_view address);

}  // namespace twilio

#endif
