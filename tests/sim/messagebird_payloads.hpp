// The Bird Platform's webhooks: {type, timestamp, data}, signed as Standard Webhooks.
#pragma once

#include "ledger.hpp"
#include "messagebird_config.hpp"
#include "payloads.hpp"

#include <string>
#include <string_view>

namespace sim {

// The path of the files that people sent.
constexpr std::string_view bird_files = "/v1/files/";

// "2026-11-20T10:00:05Z"
std::string bird_time(std::int64_t ms);
// Why a message of the ledger failed: {"code", "description"}.
dakiya::Json bird_error(const Entry& entry);

Post messagebird_status(const MessageBirdConfig& config, const Ledger& ledger, Event event);
Post messagebird_inbound(const MessageBirdConfig& config, const Inbound& inbound);

// The header webhook-signature. https://www.standardwebhooks.com
std::string messagebird_signature(std::string_view secret, std::string_view id, std::string_view time,
                                  std::string_view body);

}  // namespace sim
