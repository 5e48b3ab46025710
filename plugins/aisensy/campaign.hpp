// The Campaign API: a template for one person, through a campaign that is "live" in the dashboard.
// https://aisensy.com/docs/api-docs/api-reference-docs
#ifndef DAKIYA_AISENSY_CAMPAIGN_HPP
#define DAKIYA_AISENSY_CAMPAIGN_HPP

#include <string>

#include "account.hpp"
#include "dakiya/provider.hpp"

namespace aisensy {

// The campaign that a template stands for, or empty: it is one of the Project API's.
std::string campaign_of(const Account& account, const dakiya::Template& wanted);

// POST /v2. Throws waba::Refused for what cannot go out.
dakiya::Http campaign_request(const Account& account, const dakiya::Send& in, const std::string& campaign);
dakiya::Next read_submitted(const Account& account, const dakiya::Reply& reply);

// POST /campaign-details: what values a campaign needs. Costs nothing.
dakiya::Http ask_campaign(const Account& account, const std::string& campaign);
// Its answer as a "template" record.
dakiya::Json read_campaign(const std::string& campaign, const dakiya::Json& body);

}  // namespace aisensy

#endif
