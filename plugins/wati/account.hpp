// One tenant's WATI account as the settings describe it, and requests to it.
//
// WATI has three generations of one API. Here everything is v3 (https://docs.wati.io), which WATI recommends,
// except for what v3 lacks: the state of the number, deleting templates and registering webhooks.
#ifndef DAKIYA_WATI_ACCOUNT_HPP
#define DAKIYA_WATI_ACCOUNT_HPP

#include <string>
#include <string_view>

#include "dakiya/provider.hpp"

namespace wati {

struct Account {
    // Throws Fault when the address is not one of WATI's.
    explicit Account(const dakiya::Settings& settings);

    // "/messageTemplates" → https://{host}/api/ext/v3/messageTemplates. Never with the account number: that
    // would be a 404.
    dakiya::Http get(std::string_view path) const;
    dakiya::Http post(std::string_view path) const;

    // Of the older generations: https://{host}/{tenant}/api/{version and path}. Throws Fault when the account
    // number is not known; the old hosts of one customer each ("live-server-123456") have none in the path.
    dakiya::Http older_get(std::string_view path) const;
    dakiya::Http older_post(std::string_view path) const;
    dakiya::Http older_del(std::string_view path) const;
    bool has_older() const { return !tenant.empty() || dedicated; }

    // The channel that a message goes out from, as a number without "+" or a name; empty: the account's
    // default.
    std::string channel_for(const std::string& from) const;

    std::string host, tenant, token, channel;

private:
    dakiya::Http with_token(dakiya::Http http) const;
    std::string older_url(std::string_view path) const;

    bool dedicated = false;
};

// "+15551234567" → "15551234567"; a WhatsApp user ID ("US.1234567890") stays as it is. Empty for anything
// else.
std::string target_of(std::string_view address);

}  // namespace wati

#endif
