// One tenant's SleekFlow account: how every call is made, and what a refusal means.
// https://apidoc.sleekflow.io/docs/platform-api (the paths that are used are in README.md, with their
// evidence)
#ifndef DAKIYA_SLEEKFLOW_ACCOUNT_HPP
#define DAKIYA_SLEEKFLOW_ACCOUNT_HPP

#include <array>
#include <string>
#include <string_view>

#include "dakiya/phone.hpp"
#include "dakiya/provider.hpp"
#include "dakiya/reply.hpp"

namespace sleekflow {

struct Region {
    std::string_view host, name;
};

inline constexpr std::array<Region, 5> regions{{
    {"api.sleekflow.io", "Hong Kong (default)"},
    {"sleekflow-core-app-weu-production.azurewebsites.net", "West Europe"},
    {"sleekflow-core-app-eus-production.azurewebsites.net", "United States"},
    {"sleekflow-core-app-seas-production.azurewebsites.net", "Singapore"},
    {"sleekflow-core-app-uaen-production.azurewebsites.net", "UAE"},
}};

class Account {
public:
    explicit Account(const dakiya::Settings& settings);

    std::string number;  // digits; empty when not filled in
    std::string host, webhook_secret;

    // A path begins with "/api/"; there is no version in it.
    dakiya::Http get(const std::string& path) const { return get_at(host, path); }
    dakiya::Http post(const std::string& path) const;
    // At another region's host, for the connection test.
    dakiya::Http get_at(std::string_view region, const std::string& path) const;

    // Why a call was not done.
    dakiya::Error error(const dakiya::Reply& reply) const;
    // The same as a sentence for people: what is wrong and what to do.
    std::string explain(const dakiya::Reply& reply) const;

private:
    dakiya::Http authorised(dakiya::Http http) const;

    std::string key_;
};

// The class of a refusal that has no code, by its words. Never one that is tried again: the same would be
// refused.
const char* class_of_words(const std::string& text);

}  // namespace sleekflow

#endif
