#include "role.hpp"

#include <algorithm>

namespace sim {
namespace {

// One for each Provider, in its order.
constexpr const Role* roles[provider_count] = {
    &meta_role,
    &twilio_role,
    &msg91_role,
    &wati_role,
    &aisensy_role,
    &interakt_role,
    &sleekflow_role,
    &dialog360_role,
    &gupshup_role,
    &gupshup_partner_role,
    &messagebird_role,
    &messagebird_crm_role,
    &messagebird_legacy_role,
    &messagebird_conversations_role,
    &kaleyra_role,
    &kaleyra_v1_role,
    &twofactor_role,
    &fast2sms_role,
};

}  // namespace

const Role& role(Provider provider) { return *roles[index_of(provider)]; }

const std::vector<Provider>& played() {
    static const std::vector<Provider> list = [] {
        std::vector<Provider> made;
        for (std::size_t i = 0; i < provider_count; ++i) made.push_back(static_cast<Provider>(i));
        return made;
    }();
    return list;
}

std::optional<Provider> provider_named(std::string_view name) {
    const auto found = std::find_if(played().begin(), played().end(),
                                    [&](Provider provider) { return name == role(provider).name; });
    if (found == played().end()) return {};
    return *found;
}

std::string plain_digits(const Entry& entry) { return std::to_string(entry.to); }
std::string plus_digits(const Entry& entry) { return '+' + plain_digits(entry); }

}  // namespace sim
