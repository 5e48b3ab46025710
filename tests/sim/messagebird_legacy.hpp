// Plays the old MessageBird SMS API (rest.messagebird.com) for one account: messages, their state, balance.
// Reports go to the address in each message, signed by JWT. Source: github.com/messagebird/go-rest-api (sms,
// signature_jwt, balance).
#pragma once

#include "http.hpp"
#include "world.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace sim {

struct OldMessageBirdConfig {
    std::string access_key, signing_key, inbound_url;
    Rate rate;
};

// The defaults of the settings' section "messagebird-legacy", which are also the reference of it.
extern const char* const old_messagebird_defaults;
OldMessageBirdConfig read_old_messagebird(Fields& section, Fault& fault);

// The header MessageBird-Signature-JWT of a request at that second of Unix time.
std::string messagebird_jwt(std::string_view key, std::int64_t now_s, std::string_view id,
                            std::string_view url, std::string_view body);

class OldMessageBird : public Player {
public:
    explicit OldMessageBird(World& world) : world_(world) {}

    Reply answer(const Request& request) override;
    bool reports(const Entry& entry) const override;
    Post statuses(const std::vector<Event>& events) const override;
    Post inbound(Inbound inbound, const std::string& token) const override;

private:
    const OldMessageBirdConfig& config() const {
        return world_.config().of<OldMessageBirdConfig>(Provider::messagebird_legacy);
    }
    Reply send(const Request& request);
    Reply refuse(int status, int code, std::string_view words, std::string_view parameter, bool violation);
    dakiya::Json resource(std::size_t n) const;
    Post signed_form(std::string url, std::string body, const std::string& id) const;

    World& world_;
};

}  // namespace sim
