// Plays MessageBird's Conversations API (conversations.messagebird.com/v1) for one WhatsApp channel, with the
// list of its templates (integrations.messagebird.com/v3). Source:
// developers.messagebird.com/api/conversations, /api/integrations-whatsapp-templates. Its key is that of the
// SMS (messagebird_legacy.hpp): one account has one.
#pragma once

#include "http.hpp"
#include "world.hpp"

#include <string>
#include <string_view>

namespace sim {

struct ConversationsConfig {
    std::string access_key, signing_key, webhook_url, channel, name_space;
    dakiya::Json templates;
    Rate rate;
};

// The defaults of the settings' section "messagebird-conversations", which are also the reference of it.
extern const char* const conversations_defaults;
ConversationsConfig read_conversations(Fields& section, Fault& fault);

class Conversations : public Player {
public:
    explicit Conversations(World& world) : world_(world) {}

    Reply answer(const Request& request) override;
    bool reports(const Entry& entry) const override;
    Post statuses(const std::vector<Event>& events) const override;
    Post inbound(Inbound inbound, const std::string& token) const override;

private:
    const ConversationsConfig& config() const {
        return world_.config().of<ConversationsConfig>(Provider::messagebird_conversations);
    }
    Reply refuse(int status, int code, std::string_view words, bool violation);
    Reply send(const Request& request);
    Reply upload(const Request& request);
    // What is wrong with the content; empty when nothing is.
    std::string fault_of(const std::string& type, const dakiya::Json& content) const;
    std::string fault_of_file(std::string_view url) const;
    std::string fault_of_template(const dakiya::Json& hsm) const;
    Reply list(const Request& request) const;
    Post signed_post(std::string url, const dakiya::Json& body, const std::string& id) const;

    World& world_;
};

}  // namespace sim
