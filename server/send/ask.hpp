// A question to a provider while somebody waits for the answer: any operation that reaches nobody, or a
// one-time password that the provider makes. Runs it to its end and says in plain words why it failed.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "send/connections.hpp"
#include "send/exchange.hpp"

namespace dakiya::send {

struct Question {
    std::string op;
    Json input = Json::object();
    net::Lane lane = net::Lane::single;
    Millis patience{20'000};
    std::shared_ptr<const Lent> files = {};  // that its requests may carry; null: none
};

// Everything that the provider said, whatever it was. Code::unsupported: its plugin does not have the
// operation; Code::unavailable: no answer within `patience`, though the operation may still have been done.
// [any thread but a worker's]
Result<Ended> ask(Exchange& exchange, const OpenConnection& connection, Question question);

// The records of a question that was answered. Code::invalid: the plugin refuses the question itself;
// Code::unavailable: nothing was sent, or the breaker is open; Code::provider_refused: with the provider's
// words.
Result<std::vector<plugin::Record>> answer_of(Ended ended);

// Whether the same again may help after attempt number `attempt` (1 is the first) was refused: by the class
// of the provider's refusal (domain/outcome). Without a class nobody knows, so it may.
bool may_ask_again(const Ended& ended, int attempt);

// The first record of that kind, or null.
const Json* record_of(const std::vector<plugin::Record>& records, std::string_view kind);

}  // namespace dakiya::send
