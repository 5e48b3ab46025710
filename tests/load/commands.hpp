// What the tool measures. Each answers the JSON that it prints and throws std::runtime_error when the
// measurement itself failed.
#pragma once

#include "dakiya/json.hpp"

#include <cstddef>
#include <cstdint>
#include <iosfwd>
#include <string>

namespace load {

// One request of the API: sent_us and answered_us (monotonic), status, body.
struct Call {
    std::string method, url, key, body;
};
dakiya::Json ask(const Call& call);

// Single messages at a rate, until each was seen at the provider.
struct Messages {
    std::string url;  // …/v1/messages
    std::string key;
    std::string body;    // JSON; `to` is set for each
    std::string ledger;  // the simulator's control port
    std::int64_t first_to = 919'000'000'000;
    double per_second = 100;
    double seconds = 10;
    int connections = 32;
};
// api: until the answer, provider: until the simulator had the request, both from when it was due.
dakiya::Json messages(const Messages& plan);

// GET requests, as fast as they are answered. Each has eight further digits at the end of its address.
struct Flood {
    std::string url;
    std::size_t count = 1000;
    std::size_t connections = 32;
};
dakiya::Json flood(const Flood& plan);

// Meta's reports on messages that the simulator accepted.
struct Reports {
    std::string ledger;
    std::string app_secret, waba_id, phone_number_id;
};
// Writes `count` signed reports (sent, delivered and read of each message) as "signature body" lines.
dakiya::Json write_reports(const Reports& reports, std::size_t count, std::ostream& out);

// Sends reports on what is accepted meanwhile, each as soon as it is due.
struct Webhooks {
    Reports reports;
    std::string url;  // the connection's webhook address
    double per_second = 3300;
    std::size_t messages = 1000;  // ends when all reports on so many were answered
    double repeat_percent = 30;   // of the messages have one report sent twice, byte by byte
    int connections = 64;
};
dakiya::Json webhooks(const Webhooks& plan);

// Answer times of /healthz while many clients are idle and some write a byte a second.
struct Idle {
    std::string url;
    std::size_t idle = 10'000, slow = 1'000;
    double per_second = 50;
    double seconds = 20;
};
dakiya::Json idle(const Idle& plan);

// GET requests one after the other. `plan` has lines "name path"; a name's lines are asked in turn, `count`
// times in all. Anything but 200 throws.
dakiya::Json lists(const std::string& url, const std::string& key, std::size_t count, std::istream& plan);

}  // namespace load
