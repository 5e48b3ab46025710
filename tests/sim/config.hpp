// What the simulator plays: who may call it, how often it fails, what its webhooks do.
// config.cpp holds the default as a JSON document, which is also the reference of every setting; a provider's
// own section is in its <id>_config.cpp.
#pragma once

#include "fields.hpp"

#include <any>
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace sim {

// In the order of `roles` in role.cpp.
enum class Provider : std::uint8_t {
    meta,
    twilio,
    msg91,
    wati,
    aisensy,
    interakt,
    sleekflow,
    dialog360,
    gupshup,
    gupshup_partner,
    messagebird,
    messagebird_crm,
    messagebird_legacy,
    messagebird_conversations,
    kaleyra,
    kaleyra_v1,
    twofactor,
    fast2sms
};
constexpr std::size_t provider_count = static_cast<std::size_t>(Provider::fast2sms) + 1;

struct Range {
    std::int64_t min = 0;
    std::int64_t max = 0;
};

// Recipients whose digits end with `suffix` get `code`.
struct Rule {
    Provider provider = Provider::meta;
    std::string suffix;
    int code = 0;
    int times = 0;           // only the first so many requests per recipient; 0 = always
    bool in_status = false;  // accepted, and failed later by webhook
};

struct Rate {
    double per_second = 0;  // 0 = no limit
    double burst = 0;
};

struct StatusConfig {
    double delivered_percent = 0, read_percent = 0, failed_percent = 0;
    double repeat_percent = 0, reorder_percent = 0, late_percent = 0;
    Range delay_ms;
    std::int64_t late_ms = 0;
    std::int64_t batch = 1;  // statuses in one body, meta only
    std::array<int, provider_count> failed_code{};
};

struct WebhookConfig {
    bool enabled = false;
    std::int64_t concurrency = 16;
    std::array<std::int64_t, provider_count> retries{};
    std::int64_t retry_ms = 0;                                 // before the first retry, doubled each time
    std::int64_t timeout_ms = 0;                               // for one answer
    std::vector<std::pair<std::string, std::string>> origins;  // public origin → where to connect
};

struct Config {
    std::uint64_t seed = 1;
    Range latency_ms;
    double cut_percent = 0;            // accepted, then the connection is closed without an answer
    double drop_percent = 0;           // the connection is closed and nothing was accepted
    std::int64_t file_address_ms = 0;  // how long an address of a file works
    double refuse_percent = 0;         // refused as throttled; a later try of that recipient is drawn anew
    std::vector<Rule> rules;
    std::any sections[provider_count];  // what Role::read made of a provider's own section
    StatusConfig statuses;
    WebhookConfig webhooks;

    template <class Section>
    const Section& of(Provider provider) const {
        return *std::any_cast<Section>(&sections[static_cast<std::size_t>(provider)]);
    }
};

const dakiya::Json& default_config();

// `base` with the members of `changes` in it: objects merge, everything else replaces.
dakiya::Json merged(dakiya::Json base, const dakiya::Json& changes);

// Parts that the sections of providers have in common.
Rate read_rate(Fields& parent, Fault& fault);
std::vector<std::string> read_texts(Fields& parent, std::string_view key);

// Sets the fault and answers what it could read when the document is not right.
Config read_config(const dakiya::Json& document, Fault& fault);

}  // namespace sim
