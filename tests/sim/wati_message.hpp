// The bodies of WATI's sends, checked field by field.
// Source: wati-api.json of github.com/wati-io/wati-mcp-server (OpenAPI of v3).
#pragma once

#include "wati_config.hpp"

#include "dakiya/json.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace sim {

struct WatiRecipient {
    std::uint64_t digits = 0;
    std::string ref, params;  // of custom_params, as JSON
    std::string missing;      // a variable of the template without a value
};

struct WatiBroadcast {
    std::string template_name, name, channel;
    std::vector<WatiRecipient> recipients;
};

struct WatiMessage {
    std::uint64_t digits = 0;
    std::string channel, text;
};

struct WatiRefusal {
    int status = 0;  // 200: {"success": false}
    std::string text;
    bool violation = false;  // no correct client sends this
    explicit operator bool() const { return status != 0; }
};

WatiRefusal check_broadcast(const dakiya::Json& body, const WatiConfig& config, WatiBroadcast& out);
// kind: "text", "fileViaUrl", "interactive".
WatiRefusal check_message(const dakiya::Json& body, std::string_view kind, const WatiConfig& config,
                          WatiMessage& out);
// "15551234567", or "15550002222:15551234567" with a channel in front.
WatiRefusal check_target(std::string_view target, const WatiConfig& config, WatiMessage& out);

}  // namespace sim
