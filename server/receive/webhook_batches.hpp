// Webhooks that come at the same time are stored by one statement: while one batch is being committed, the
// next one gathers.
#pragma once

#include <memory>

#include "store/webhooks.hpp"
#include "store/writer.hpp"

namespace dakiya::receive {

class WebhookBatches {
public:
    // `writer` must outlive every call of store().
    explicit WebhookBatches(store::Writer& writer);

    // Returns when it is durable. Throws what the commit failed with. [any thread but the writer's]
    void store(store::Webhook webhook);

private:
    struct State;
    const std::shared_ptr<State> state_;  // also of the callbacks, which may end after us
};

}  // namespace dakiya::receive
