// The bodies of MSG91's sends, checked field by field.
// Source: MSG91's "Send SMS by flow" and the request checks of its msg91-whatsapp-sdk-python.
#pragma once

#include "msg91_config.hpp"

#include "dakiya/json.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace sim {

struct Msg91Recipient {
    std::uint64_t digits = 0;
    std::string params;  // JSON of the variables
};

struct Msg91Message {
    std::string template_name, sender, crqid, kind, text;
    std::vector<Msg91Recipient> recipients;
};

struct Msg91Refusal {
    int code = 0;
    std::string details;
    bool violation = false;  // no correct client sends this
    explicit operator bool() const { return code != 0; }
};

// `warnings` are violations of a body that MSG91 accepts all the same.
Msg91Refusal check_flow(const dakiya::Json& body, const Msg91Config& config, Msg91Message& out,
                        std::vector<std::string>& warnings);
Msg91Refusal check_whatsapp_bulk(const dakiya::Json& body, const Msg91Config& config, Msg91Message& out,
                                 std::vector<std::string>& warnings);
Msg91Refusal check_whatsapp_single(const dakiya::Json& body, const Msg91Config& config, Msg91Message& out);

}  // namespace sim
