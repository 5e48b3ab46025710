#include "domain/admission.hpp"

namespace dakiya::domain {

namespace {

std::string quoted(std::string_view word) { return "\"" + std::string(word) + "\""; }

std::string template_problem(std::string_view status) {
    if (status.empty())
        return "the connection has no template of this name and language: sync its templates, or create it";
    return "the template is " + quoted(status) + " at the provider; only approved ones can be sent";
}

}  // namespace

std::optional<Skip> admit(const Facts& facts) {
    if (!facts.connection_enabled)
        return Skip{reason::connection_disabled, "the connection is switched off: enable it and try again"};
    if (!facts.channel_supported)
        return Skip{reason::unsupported_channel,
                    "the connection's provider has no channel " + quoted(facts.channel)};
    if (!facts.kind_supported)
        return Skip{reason::unsupported_kind, "the connection's provider cannot send messages of kind " +
                                                  quoted(facts.kind) + " on " + quoted(facts.channel)};
    if (facts.kind == "template" && facts.template_status != "approved")
        return Skip{reason::template_not_approved, template_problem(facts.template_status)};
    if (facts.address.empty())
        return Skip{reason::no_address,
                    "the contact has no address for the channel " + quoted(facts.channel)};
    if (!facts.address_valid)
        return Skip{reason::invalid_address,
                    quoted(facts.address) + " is no address of the channel " + quoted(facts.channel)};
    if (facts.suppression) return Skip{reason::suppressed, std::string(text(*facts.suppression))};
    if (facts.variables) return Skip{reason::missing_variable, facts.variables->text};
    return std::nullopt;
}

}  // namespace dakiya::domain
