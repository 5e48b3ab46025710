// One tenant's Interakt account: how every call is made, and what an answer means.
// https://documenter.getpostman.com/view/14760594/2sA2r7zibM
#ifndef DAKIYA_INTERAKT_ACCOUNT_HPP
#define DAKIYA_INTERAKT_ACCOUNT_HPP

#include <string>
#include <string_view>

#include "dakiya/provider.hpp"
#include "dakiya/reply.hpp"

namespace interakt {

class Account {
public:
    // Throws Fault when there is no key.
    explicit Account(const dakiya::Settings& settings);

    std::string webhook_secret, currency;

    // A path begins with "/"; those of POST end with one too, or Interakt redirects and drops the body.
    dakiya::Http get(std::string_view path) const;
    dakiya::Http post(std::string_view path) const;

    // Why a call was not done. For a reply without `"result": true`.
    dakiya::Error error(const dakiya::Reply& reply) const;
    // The same as a sentence for people: what is wrong and what to do.
    std::string explain(const dakiya::Reply& reply) const;

private:
    dakiya::Http authorised(dakiya::Http http) const;

    std::string api_, key_;
};

// A 200 may be a refusal as well: {"result": false, "message": …}.
bool is_refusal(const dakiya::Reply& reply);

// Words about an empty wallet, in answers and in reports of failures. Not verified, so kept here only.
bool is_about_money(std::string_view text);

}  // namespace interakt

#endif
