// Bird CRM, the Channels API (api.bird.com): one workspace with its channels.
// https://docs.bird.com/api/channels-api
#ifndef DAKIYA_MESSAGEBIRD_CRM_ACCOUNT_HPP
#define DAKIYA_MESSAGEBIRD_CRM_ACCOUNT_HPP

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "dakiya/provider.hpp"

namespace messagebird::crm {

struct Account {
    // Throws Fault when the key or the workspace is missing.
    explicit Account(const dakiya::Settings& settings);

    std::string key, signing_key, workspace, organization, sms_channel, whatsapp_channel;
    std::vector<std::string> template_projects;

    // path: below /workspaces/{workspace}
    dakiya::Http get(std::string_view path) const;
    dakiya::Http post(std::string_view path) const;
    // The ID of that channel; Refused (config) when it is not filled in.
    const std::string& channel(std::string_view name) const;

private:
    dakiya::Http authorised(dakiya::Http http) const;
};

std::unique_ptr<const dakiya::Connection> open(const dakiya::Settings& settings);

}  // namespace messagebird::crm

#endif
