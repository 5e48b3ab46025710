// Idempotency-Key: a POST that is repeated with its key is not done again, its stored answer is given with
// "Idempotent-Replayed: true" (draft-ietf-httpapi-idempotency-key-header). Kept for 24 hours.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <variant>

#include "api/route.hpp"
#include "base/clock.hpp"
#include "store/writer.hpp"

namespace dakiya::api {

// The mark and the answer of one request, written in the transaction of its work, so that both are there or
// neither is. For a handler of a route that `keeps_its_answer`. [one thread at a time]
class Once {
public:
    virtual ~Once() = default;

    // Inside a writer's unit, before its work. False: this was done before, or is another request's key;
    // write nothing.
    virtual bool begin(store::Session& session) = 0;
    // Inside the same unit, after its work.
    virtual void finish(store::Session& session, const Response& response) = 0;
    // When the handler has come to `response`: what is answered. Keeps a refusal that no unit kept;
    // nothing_done: one that the same key may try again.
    virtual Response settle(Response response, bool nothing_done) = 0;
};

class Idempotency {
public:
    virtual ~Idempotency() = default;

    virtual std::unique_ptr<Once> once(const Caller& caller, const std::string& key,
                                       const Request& request) = 0;

    struct Begun {  // nobody did this before: do it, then finish() or forget()
        std::string request_hash;
    };
    // Durable before it returns, so that two equal requests at once are not both done. The Response is the
    // stored answer, or the problem: 409 while the first still runs, 422 for another request.
    virtual std::variant<Begun, Response> begin(const Caller& caller, const std::string& key,
                                                const Request& request) = 0;
    virtual void finish(const Caller& caller, const std::string& key, const Begun& begun,
                        const Response& response) = 0;
    // Nothing was done: the same key may try again.
    virtual void forget(const Caller& caller, const std::string& key, const Begun& begun) = 0;
};

// In the table `idempotency`. A server that dies between the work and finish() leaves a mark without an
// answer: nobody can say whether the work was done, so the key is refused (409) until it is forgotten
// rather than done twice. [any thread]
class StoredAnswers final : public Idempotency {
public:
    StoredAnswers(store::Writer& writer, const Clock& clock) : writer_(writer), clock_(clock) {}

    std::variant<Begun, Response> begin(const Caller& caller, const std::string& key,
                                        const Request& request) override;
    void finish(const Caller& caller, const std::string& key, const Begun& begun,
                const Response& response) override;
    void forget(const Caller& caller, const std::string& key, const Begun& begun) override;
    std::unique_ptr<Once> once(const Caller& caller, const std::string& key, const Request& request) override;

    // Removes answers older than 24 hours; to be called now and then.
    void tidy();

private:
    store::Writer& writer_;
    const Clock& clock_;
};

// The key of a request, nothing when it has none, or the reason why it cannot be one.
Result<std::optional<std::string>> idempotency_key(const Request& request);

}  // namespace dakiya::api
