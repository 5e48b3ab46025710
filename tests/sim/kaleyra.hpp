// Plays api.in.kaleyra.io for one account: SMS alone (form) and as a list (JSON), their status, and WhatsApp
// V2 with its templates. Source: developers.kaleyra.com/docs (sms-api-message-endpoint,
// sms-api-send-sms-json-xml, sms-api-status, whatsapp-api-v2-send-text-messages, whatsapp-error-codes).
#pragma once

#include "http.hpp"
#include "kaleyra_config.hpp"
#include "text.hpp"
#include "world.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace sim {

class Kaleyra : public Player {
public:
    explicit Kaleyra(World& world) : world_(world) {}

    Reply answer(const Request& request) override;
    bool reports(const Entry& entry) const override;
    Post statuses(const std::vector<Event>& events) const override;
    Post inbound(Inbound inbound, const std::string& token) const override;

private:
    const KaleyraConfig& config() const { return world_.config().of<KaleyraConfig>(Provider::kaleyra); }

    // One SMS as a form or a node of a list describes it.
    struct Draft {
        std::uint64_t to = 0;
        std::string text, template_id, callback, ref;
        std::string field, fault;  // what is wrong, and where
    };

    Reply route(const Request& request);
    Reply one(const Request& request);
    Reply list(const Request& request);
    void check(Draft& draft, std::string_view to) const;
    Reply accept(std::vector<Draft>& drafts, std::string_view sender, bool batch);
    Reply status(const Request& request) const;
    Reply whatsapp(const Request& request);
    Reply templates() const;
    // {"error": {field: words}}; a violation unless a correct client could not know.
    Reply refuse(int status, std::string_view field, std::string_view words, bool violation = true);

    World& world_;
};

}  // namespace sim
