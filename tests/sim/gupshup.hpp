// Plays Gupshup for one account: WhatsApp self-serve (api.gupshup.io) and the enterprise SMS gateway.
// Source: docs.gupshup.io (sending messages, templates, events) and "SMS API overview".
#pragma once

#include "gupshup_config.hpp"
#include "http.hpp"
#include "text.hpp"
#include "world.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sim {

class Gupshup : public Player {
public:
    explicit Gupshup(World& world) : world_(world) {}

    Reply answer(const Request& request) override;
    bool reports(const Entry& entry) const override;
    Post statuses(const std::vector<Event>& events) const override;
    Post inbound(Inbound inbound, const std::string& token) const override;

private:
    const GupshupConfig& config() const { return world_.config().of<GupshupConfig>(Provider::gupshup); }
    Reply refuse(int status, std::string_view words, bool violation = false);
    Reply whatsapp(const Request& request);
    Reply upload(const Request& request);
    // Of filemanager.gupshup.io, where received files are.
    std::string files() const { return "/wa/" + config().app_id + "/wa/media/"; }
    Reply list() const;

    // WhatsApp: who gets what.
    struct Draft {
        std::uint64_t to = 0;
        std::string kind, template_name, text, params;
        int fails_with = 0;  // taken, and dropped later
    };
    Reply message(const Form& form);
    Reply template_message(const Form& form);
    Reply addressed(const Form& form, Draft& draft);  // status 200 when the address is right
    std::string fault_of(const dakiya::Json& message, Draft& draft) const;
    Reply accept(const Draft& draft);

    // SMS (gupshup_sms.cpp).
    Reply sms(const Request& request);
    dakiya::Json sms_row(const Form& form, std::string_view number);
    std::string sms_fault(const Form& form, int& code);

    World& world_;
};

// Gupshup's ids look like UUIDs.
std::string uuid_of(const std::string& token);
// The file of an upload; nothing when it, or its type, is missing.
std::optional<File> gupshup_upload(const Request& request);

}  // namespace sim
