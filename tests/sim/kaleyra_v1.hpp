// Plays api.in.kaleyra.io for a WhatsApp number that is still on API V1: one form for every kind of message.
// Source: developers.kaleyra.com/docs (whatsapp-api-text-messages, -template-messages, -media-messages,
// whatsapp-callback).
#pragma once

#include "http.hpp"
#include "text.hpp"
#include "world.hpp"

#include <map>
#include <string>
#include <string_view>

namespace sim {

struct KaleyraV1Config {
    struct Template {
        std::size_t values = 0, replies = 0;  // quick replies
        bool header = false;                  // with a file
    };
    std::string sid, api_key, webhook_url, number;
    std::map<std::string, Template> templates;  // by "name:language"
    Rate rate;
};

// The defaults of the settings' section "kaleyra-v1", which are also the reference of it.
extern const char* const kaleyra_v1_defaults;
KaleyraV1Config read_kaleyra_v1(Fields& section, Fault& fault);

class KaleyraV1 : public Player {
public:
    explicit KaleyraV1(World& world) : world_(world) {}

    Reply answer(const Request& request) override;
    bool reports(const Entry& entry) const override;
    Post statuses(const std::vector<Event>& events) const override;
    Post inbound(Inbound inbound, const std::string& token) const override;

private:
    const KaleyraV1Config& config() const {
        return world_.config().of<KaleyraV1Config>(Provider::kaleyra_v1);
    }
    Reply refuse(int status, std::string_view field, std::string_view words, bool violation = true);
    Reply route(const Request& request);
    Reply message(const Form& form);
    // What is wrong with the content, as field and words; an empty field when nothing is.
    std::pair<std::string, std::string> fault_of(const Form& form) const;
    std::pair<std::string, std::string> fault_of_template(const Form& form) const;

    World& world_;
};

}  // namespace sim
