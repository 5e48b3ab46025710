// Plays Bird CRM's Channels API (api.bird.com) for one workspace: messages of an SMS and a WhatsApp channel,
// template projects. Source: docs.bird.com/api/channels-api and /notifications-api
// (verifying-a-webhook-subscription).
#pragma once

#include "http.hpp"
#include "world.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace sim {

struct BirdCrmConfig {
    std::string access_key, signing_key, webhook_url, workspace, sms_channel, whatsapp_channel;
    std::vector<std::string> projects;  // of templates
    Rate rate;
};

// The defaults of the settings' section "messagebird-crm", which are also the reference of it.
extern const char* const bird_crm_defaults;
BirdCrmConfig read_bird_crm(Fields& section, Fault& fault);

// The header messagebird-signature: over the whole address, not its sorted query.
std::string bird_crm_signature(std::string_view key, std::string_view time, std::string_view url,
                               std::string_view body);

class BirdCrm : public Player {
public:
    explicit BirdCrm(World& world) : world_(world) {}

    Reply answer(const Request& request) override;
    bool reports(const Entry& entry) const override;
    Post statuses(const std::vector<Event>& events) const override;
    Post inbound(Inbound inbound, const std::string& token) const override;

private:
    const BirdCrmConfig& config() const {
        return world_.config().of<BirdCrmConfig>(Provider::messagebird_crm);
    }
    Reply route(const Request& request);
    Reply send(const Request& request, bool whatsapp);
    // A file: a place is lent, it is put there without the key, and messages name its address.
    Reply lend(const Request& request);
    Reply put(const Request& request);
    std::string fault_of(const dakiya::Json& body) const;
    Reply refuse(int status, std::string_view code, std::string_view words, bool violation);
    Post signed_post(const dakiya::Json& body) const;

    World& world_;
};

}  // namespace sim
