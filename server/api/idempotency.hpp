// Idempotency-Key: a POST that is repeated with its key is not done again, its stored answer is given with
// "Idempotent-Replayed: true" (draft-ietf-httpapi-idempotency-key-header). Kept for 24 hours.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <variant>

#include "api/route.hpp"

namespace dakiya::api {

class Idempotency {
public:
    virtual ~Idempotency() = default;

    struct Begun {};  // nobody did this before: do it, then finish() or forget()
    // Durable before it returns, so that two equal requests at once are not both done. The Response is the
    // stored answer, or the problem: 409 while the first still runs, 422 for another request.
    virtual std::variant<Begun, Response> begin(const Caller& caller, const std::string& key,
                                                const Request& request) = 0;
    virtual void finish(const Caller& caller, const std::string& key, const Response& response) = 0;
    // Nothing was done: the same key may try again.
    virtual void forget(const Caller& caller, const std::string& key) = 0;
};

// The key of a request, nothing when it has none, or the reason why it cannot be one.
Result<std::optional<std::string>> idempotency_key(const Request& request);

}  // namespace dakiya::api
