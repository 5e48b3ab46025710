// One tenant's AiSensy account as the settings describe it, and requests to it.
//
// AiSensy has separate APIs with separate credentials (https://aisensy.com/docs/api-docs):
//   Campaign API  the key in the body; sends templates through "live" API campaigns. Everybody has it.
//   Project API   a password in a header; free-form messages, templates, balance. Some plans have it.
// The Direct and Partner APIs, for AiSensy's partners, are not used.
#ifndef DAKIYA_AISENSY_ACCOUNT_HPP
#define DAKIYA_AISENSY_ACCOUNT_HPP

#include <string>
#include <string_view>
#include <vector>

#include "dakiya/provider.hpp"

namespace aisensy {

struct Account {
    explicit Account(const dakiya::Settings& settings);

    // POST to the Campaign API; the body gets the key, so it is never logged. path: "/v2",
    // "/campaign-details".
    dakiya::Http campaign(std::string_view path, dakiya::Json body) const;

    bool has_project() const { return !password.empty() && !project.empty(); }
    // "/messages" → https://apis.aisensy.com/project-apis/v1/project/{id}/messages. Throw Fault without the
    // Project API's settings.
    dakiya::Http project_get(std::string_view path) const;
    dakiya::Http project_post(std::string_view path) const;
    dakiya::Http project_del(std::string_view path) const;

    // A text of AiSensy's without our secrets: it may quote what it was sent.
    std::string redacted(std::string text) const;

    std::string key, project, password, webhook_secret;
    std::vector<std::string> campaigns;
    bool button_values_in_params;

private:
    std::string campaign_host, project_host;

    std::string project_url(std::string_view path) const;
    dakiya::Http with_password(dakiya::Http http) const;
};

}  // namespace aisensy

#endif
