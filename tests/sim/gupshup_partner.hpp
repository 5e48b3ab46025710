// Plays Gupshup's partner API (partner.gupshup.io) for one app: the login, the app's tokens, which end, and
// what needs them. Source: partner-docs.gupshup.io (account/login, app/{id}/token, WhatsApp passthrough,
// templates).
#pragma once

#include "gupshup_config.hpp"
#include "http.hpp"
#include "meta_config.hpp"
#include "world.hpp"

#include <deque>
#include <map>
#include <string>
#include <string_view>

namespace sim {

struct GupshupPartnerConfig {
    std::string email, client_secret, app_id;
    std::int64_t token_life_ms = 0, revoke_after = 0;
    MetaConfig meta;         // of the passthrough: number, webhook, shapes of the templates
    dakiya::Json templates;  // in Gupshup's form
};

// The defaults of the settings' section "gupshup-partner", which are also the reference of it.
extern const char* const gupshup_partner_defaults;
GupshupPartnerConfig read_gupshup_partner(Fields& section, Fault& fault);

class GupshupPartner : public Player {
public:
    explicit GupshupPartner(World& world) : world_(world) {}

    Reply answer(const Request& request) override;
    void reset() override;
    bool reports(const Entry& entry) const override;
    Post statuses(const std::vector<Event>& events) const override;
    Post inbound(Inbound inbound, const std::string& token) const override;

private:
    const GupshupPartnerConfig& config() const {
        return world_.config().of<GupshupPartnerConfig>(Provider::gupshup_partner);
    }
    Reply refuse(int status, std::string_view words, bool violation = false);
    Reply login(const Request& request);
    Reply app_token(const Request& request);
    bool admits(std::string_view token);
    Reply with_token(const Request& request, std::string_view path);
    Reply upload(const Request& request);
    Reply message(const Request& request, bool marketing);
    Reply create(const Request& request);
    Reply remove(std::string_view name);
    Reply change(dakiya::Json templates, const dakiya::Json& answer);

    World& world_;
    std::string partner_token_;
    std::map<std::string, std::int64_t, std::less<>> ends_;  // app token → when
    std::deque<std::int64_t> logins_;                        // of the last minute
    std::int64_t taken_ = 0;                                 // messages
};

}  // namespace sim
