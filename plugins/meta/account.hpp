// One tenant's WhatsApp Business Account: its settings, and how every call to the Graph API is made.
// https://developers.facebook.com/docs/graph-api/overview
#ifndef DAKIYA_META_ACCOUNT_HPP
#define DAKIYA_META_ACCOUNT_HPP

#include <cstdint>
#include <string>
#include <string_view>

#include "dakiya/provider.hpp"

namespace meta {

class Account {
public:
    // Throws Fault when the settings contradict each other.
    explicit Account(const dakiya::Settings& settings);

    std::string phone_number_id, waba_id, app_id, app_secret, verify_token;
    bool marketing_messages;

    // Calls of "{version}/{path}"; a path begins with the id of a phone number, an account or a file.
    dakiya::Http get(std::string_view path) const { return authorised(dakiya::Http::get(url(path))); }
    dakiya::Http post(std::string_view path) const { return authorised(dakiya::Http::post(url(path))); }
    dakiya::Http del(std::string_view path) const { return authorised(dakiya::Http::del(url(path))); }
    // A file's address is outside the Graph API but wants the same token.
    dakiya::Http download(const std::string& address) const;
    // The bytes of a file for an open session ("upload:…"), from the first one on. This call wants the token
    // in a scheme of its own. https://developers.facebook.com/docs/graph-api/guides/upload
    dakiya::Http upload(const std::string& session) const;
    // Who does this token belong to, and how long is it good for?
    dakiya::Http debug_token() const;

    // Calls of templates, numbers and subscriptions share one hourly limit of the account.
    std::string manage_limit() const { return "manage:" + waba_id; }

    // The number that a message goes out from. Throws waba::Refused when `from` is no phone number ID.
    const std::string& sender(const std::string& from) const;

    // What the provider says of a failed call. Its texts may quote our token: it is cut out. The wait comes
    // from the usage header when there is one.
    dakiya::Error error(const dakiya::Reply& reply) const;
    // The same as a sentence for people: what is wrong and what to do.
    std::string explain(const dakiya::Reply& reply) const;

private:
    std::string url(std::string_view path) const;
    dakiya::Http authorised(dakiya::Http http) const;

    std::string access_token_, api_, proof_;
};

}  // namespace meta

#endif
