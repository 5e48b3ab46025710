// What the simulator knows of each provider that it plays; README.md, "Adding a provider".
#pragma once

#include "config.hpp"
#include "ledger.hpp"

#include <any>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sim {

class Player;
class World;

struct Role {
    const char* name;
    int throttled;               // the code with which it refuses when it has too much to do
    int failed;                  // the code of a message that fails later, unless the settings say otherwise
    int retries = 0;             // of a webhook that was not answered with 2xx
    bool ref_of_call = false;    // a reference belongs to all recipients of a request
    bool tells_sms_sent = true;  // reports that an SMS was sent, before its end
    bool gives_files = false;    // what people send can be fetched
    const char* defaults;        // its section of the settings, as JSON
    std::any (*read)(Fields& section, Fault& fault);
    std::unique_ptr<Player> (*make)(World& world);
    std::string (*id)(const Ledger& ledger, std::size_t n);  // the provider's own id of an entry
    std::string (*address)(const Entry& entry);              // the recipient as the provider writes it
};

const Role& role(Provider provider);
constexpr std::size_t index_of(Provider provider) { return static_cast<std::size_t>(provider); }
inline const char* name_of(Provider provider) { return role(provider).name; }
const std::vector<Provider>& played();
std::optional<Provider> provider_named(std::string_view name);

// For Role::read of a reader that gives the provider's own type.
template <auto Read>
std::any any_section(Fields& section, Fault& fault) {
    return Read(section, fault);
}
template <class P>
std::unique_ptr<Player> make_player(World& world) {
    return std::make_unique<P>(world);
}
// Digits with + and without, for Role::address.
std::string plus_digits(const Entry& entry);
std::string plain_digits(const Entry& entry);

extern const Role meta_role, twilio_role, msg91_role, wati_role, aisensy_role, interakt_role, sleekflow_role,
    dialog360_role, gupshup_role, gupshup_partner_role, messagebird_role, messagebird_crm_role,
    messagebird_legacy_role, messagebird_conversations_role, kaleyra_role, kaleyra_v1_role, twofactor_role,
    fast2sms_role;

}  // namespace sim
