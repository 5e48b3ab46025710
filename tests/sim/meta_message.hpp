// The body of POST /{phone_number_id}/messages, checked field by field.
// Source: developers.facebook.com/docs/whatsapp/cloud-api/reference/messages and its limits per kind.
#pragma once

#include "ledger.hpp"
#include "meta_config.hpp"

#include "dakiya/json.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace sim {

// Views into the body that was checked.
struct MetaMessage {
    bool mark_read = false;  // not a message: an inbound message was read
    std::string_view to;
    std::uint64_t digits = 0;
    std::string_view kind, ref, text, template_name;
    std::string params;  // JSON of the template's components
    std::vector<std::string_view> media_ids;
};

struct MetaRefusal {
    int code = 0;
    std::string details;
    bool violation = false;  // no correct client sends this
    explicit operator bool() const { return code != 0; }
};

// Meta's error code for something wrong in the shape of a body.
MetaRefusal refusal_of(const Fault& fault);

// `marketing` allows what only POST /{phone_number_id}/marketing_messages knows.
MetaRefusal check_meta_message(const dakiya::Json& body, const MetaConfig& config, bool marketing,
                               MetaMessage& out);

// The components of a template message against the template as it was approved.
MetaRefusal check_meta_components(const dakiya::Json* components, const Fields& parent,
                                  const TemplateShape& shape, MetaMessage& out, Fault& fault);

// For World::accept: a message in Meta's form, whoever passes it on. It views `read` and `sender`.
Message ledger_message(Provider provider, const MetaMessage& read, std::string_view sender);

}  // namespace sim
