// Who may call Gupshup, with which templates.
#pragma once

#include "config.hpp"
#include "template_shape.hpp"

#include <map>
#include <string>
#include <vector>

namespace sim {

struct GupshupConfig {
    std::string api_key, app_name, app_id, source, webhook_url;
    dakiya::Json templates;                       // as the list shows them, but containerMeta as JSON
    std::map<std::string, TemplateShape> shapes;  // by Gupshup's id
    std::string sms_userid, sms_password, entity_id;
    std::vector<std::string> masks;
    std::map<std::string, std::string> sms_templates;  // DLT number → registered text with {#var#}
    Rate rate;
};

// The defaults of the settings' section "gupshup", which are also the reference of it.
extern const char* const gupshup_defaults;
GupshupConfig read_gupshup(Fields& section, Fault& fault);

// A listed template's parts as Meta lists them, which is what shape_of() reads.
dakiya::Json gupshup_components(const dakiya::Json& made);
// A template as the list shows it: containerMeta is JSON inside a text.
dakiya::Json gupshup_listed(const dakiya::Json& made, const std::string& app_id);

}  // namespace sim
