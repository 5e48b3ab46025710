// What Kaleyra writes alike for numbers on either of its APIs.
#pragma once

#include "http.hpp"
#include "payloads.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace sim {

// {"error": {field: words}}
Reply kaleyra_error(int status, std::string_view field, std::string_view words);

// One status, to the address that came with the message or else to the callback profile's.
Post kaleyra_report(const Ledger& ledger, const Event& event, const std::string& profile_url,
                    std::string_view word, std::string_view trace, const std::string& time);

// What somebody wrote on WhatsApp, as the documentation's callback profile has it: values put in as they are.
// file: the address of what came with it, or "".
std::string kaleyra_whatsapp_body(const Inbound& inbound, const std::string& file, const std::string& number);

}  // namespace sim
