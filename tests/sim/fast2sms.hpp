// Plays www.fast2sms.com/dev for one account: SMS by four routes, wallet, DLT Manager, and WhatsApp in Meta's
// form. Source: docs.fast2sms.com/reference, with its error-code-list.
#pragma once

#include "fast2sms_config.hpp"
#include "http.hpp"
#include "text.hpp"
#include "world.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace sim {

class Fast2Sms : public Player {
public:
    explicit Fast2Sms(World& world) : world_(world) {}

    Reply answer(const Request& request) override;
    bool reports(const Entry& entry) const override;
    Post statuses(const std::vector<Event>& events) const override;
    Post inbound(Inbound inbound, const std::string& token) const override;

private:
    const Fast2SmsConfig& config() const { return world_.config().of<Fast2SmsConfig>(Provider::fast2sms); }
    Reply refuse(int code, std::string_view words, bool violation = false);
    Reply manager(std::string_view type) const;
    Reply whatsapp_manager() const;

    // A send as its route understands it.
    struct Draft {
        std::string kind, template_name, text, params, sender, ref;
        int code = 0;  // of the refusal
        std::string fault;
    };
    Reply sms(const Request& request);
    Draft read_sms(const dakiya::Json& body) const;
    Reply accept(const Draft& draft, const std::vector<std::uint64_t>& numbers);
    Reply whatsapp(const dakiya::Json& body);

    World& world_;
};

}  // namespace sim
