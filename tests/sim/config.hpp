// What the simulator plays: who may call it, how often it fails, what its webhooks do.
// config.cpp holds the default as a JSON document, which is also the reference of every setting.
#pragma once

#include "fields.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

namespace sim {

enum class Provider : std::uint8_t { meta, twilio, msg91 };
constexpr std::size_t provider_count = 3;
const char* name_of(Provider provider);
std::optional<Provider> provider_named(std::string_view name);

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

// A template of Meta or, for WhatsApp, of MSG91, reduced to what a send is checked against.
struct TemplateShape {
    std::string status;
    std::string category;
    bool named = false;
    std::string header;  // "", TEXT (with a variable), IMAGE, VIDEO, DOCUMENT, LOCATION
    std::size_t header_variables = 0;
    std::size_t body_variables = 0;
    std::vector<std::string> body_names;
    std::vector<std::string> buttons;  // per button the sub_type that needs a parameter, or ""
};

struct MetaConfig {
    std::string access_token, phone_number_id, waba_id, app_secret, verify_token, display_phone_number;
    std::string webhook_url;
    dakiya::Json templates;                                 // as the list endpoint shows them
    std::unordered_map<std::string, TemplateShape> shapes;  // by "name language"
    Rate rate;
};

struct TwilioConfig {
    std::string account_sid, auth_token, messaging_service_sid, inbound_url;
    std::string api_key_sid, api_key_secret;
    std::vector<std::string> senders;  // numbers that may be used as From, without channel prefix
    dakiya::Json contents;             // as ContentAndApprovals shows them
    Rate rate;
};

struct Msg91Config {
    std::string authkey, integrated_number, webhook_url;
    bool old_webhook = false;  // v2 form instead of the new JSON
    std::vector<std::string> senders;
    std::unordered_map<std::string, std::vector<std::string>> templates;  // id → ##variables##
    std::vector<std::string> otp_templates;
    dakiya::Json whatsapp_templates;  // as get-template-client shows them
    Rate rate;
};

struct StatusConfig {
    double delivered_percent = 0, read_percent = 0, failed_percent = 0;
    double repeat_percent = 0, reorder_percent = 0, late_percent = 0;
    Range delay_ms;
    std::int64_t late_ms = 0;
    std::int64_t batch = 1;  // statuses in one body, meta only
    int failed_code[provider_count] = {};
};

struct WebhookConfig {
    bool enabled = false;
    std::int64_t concurrency = 16;
    std::int64_t meta_retries = 0, twilio_retries = 0, msg91_retries = 0;
    std::int64_t retry_ms = 0;                                 // before the first retry, doubled each time
    std::int64_t timeout_ms = 0;                               // for one answer
    std::vector<std::pair<std::string, std::string>> origins;  // public origin → where to connect
};

struct Config {
    std::uint64_t seed = 1;
    Range latency_ms;
    double cut_percent = 0;     // accepted, then the connection is closed without an answer
    double drop_percent = 0;    // the connection is closed and nothing was accepted
    double refuse_percent = 0;  // refused as throttled; a later try of that recipient is drawn anew
    std::vector<Rule> rules;
    MetaConfig meta;
    TwilioConfig twilio;
    Msg91Config msg91;
    StatusConfig statuses;
    WebhookConfig webhooks;
};

const dakiya::Json& default_config();

// `base` with the members of `changes` in it: objects merge, everything else replaces.
dakiya::Json merged(dakiya::Json base, const dakiya::Json& changes);

// Sets the fault and answers what it could read when the document is not right.
Config read_config(const dakiya::Json& document, Fault& fault);

}  // namespace sim
