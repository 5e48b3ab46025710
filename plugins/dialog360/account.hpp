// One number at 360dialog: its settings, how every call is made, and what a refusal means.
// https://docs.360dialog.com/docs/support/api-error-message-list
#ifndef DAKIYA_DIALOG360_ACCOUNT_HPP
#define DAKIYA_DIALOG360_ACCOUNT_HPP

#include <string>
#include <string_view>

#include "dakiya/provider.hpp"
#include "dakiya/reply.hpp"

namespace dialog360 {

// The header that webhook.set registers and that verify() asks for.
inline constexpr std::string_view secret_header = "x-dakiya-secret";

class Account {
public:
    // Throws Fault when a setting that goes into an address or a header would break it.
    explicit Account(const dakiya::Settings& settings);

    // Digits only; empty when not filled in.
    std::string number;
    std::string webhook_secret;
    bool sandbox, marketing_messages;

    // A path begins with "/". The key is of one number, so no path names it.
    dakiya::Http get(const std::string& path) const { return authorised(dakiya::Http::get(api_ + path)); }
    dakiya::Http post(const std::string& path) const { return authorised(dakiya::Http::post(api_ + path)); }
    dakiya::Http del(const std::string& path) const { return authorised(dakiya::Http::del(api_ + path)); }
    dakiya::Http messages() const { return post(sandbox ? "/v1/messages" : "/messages"); }

    // What the account still holds. Throws Fault for those who are no partners.
    dakiya::Http partner_balance() const;

    // What a call that was not answered well means. Meta's codes come first, then 360dialog's own words. Keys
    // that the text quotes are cut out.
    dakiya::Error error(const dakiya::Reply& reply) const;
    // The same as a sentence for people: what is wrong and what to do.
    std::string explain(const dakiya::Reply& reply) const;

private:
    dakiya::Http authorised(dakiya::Http http) const;

    std::string api_, key_, partner_, client_, partner_key_;
};

// Was it refused for a reason that leaves no doubt? Otherwise it may have gone out.
bool is_refusal(const dakiya::Reply& reply);

}  // namespace dialog360

#endif
