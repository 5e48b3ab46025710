// Plays the Bird Platform API (*.platform.bird.com) for one workspace: SMS alone and in batches, WhatsApp,
// templates, the Idempotency-Key. Source: github.com/messagebird/bird-sdk-typescript (types.gen.ts,
// errors.ts, core/http.ts).
#pragma once

#include "http.hpp"
#include "messagebird_config.hpp"
#include "world.hpp"

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sim {

class MessageBird : public Player {
public:
    explicit MessageBird(World& world) : world_(world) {}

    Reply answer(const Request& request) override;
    void reset() override { answered_.clear(); }
    bool reports(const Entry& entry) const override;
    Post statuses(const std::vector<Event>& events) const override;
    Post inbound(Inbound inbound, const std::string& token) const override;

private:
    const MessageBirdConfig& config() const {
        return world_.config().of<MessageBirdConfig>(Provider::messagebird);
    }

    // One message as a request describes it; its views live as long as the request's document.
    struct Draft {
        Message message;
        std::string ref, params, error_name, error_text, param;
        bool refused() const { return !error_name.empty(); }
    };
    struct Answered {
        std::string body;
        Reply reply;
    };

    Reply once(const Request& request);
    Reply send(const Request& request, std::string_view path);
    Draft read_sms(const dakiya::Json& body) const;
    Draft read_whatsapp(const dakiya::Json& body) const;
    void read_metadata(Fields& fields, Draft& draft, Fault& fault) const;
    Reply accept(std::vector<Draft>& drafts, bool batch);
    dakiya::Json resource(std::size_t n) const;
    Reply look_up(std::string_view id) const;
    Reply refuse(int status, std::string_view type, std::string_view name, std::string_view text,
                 std::string_view param = {}, bool violation = false);

    World& world_;
    std::map<std::string, Answered, std::less<>> answered_;  // by Idempotency-Key
};

}  // namespace sim
