// Webhooks that come at the same time are stored by one statement: while one batch is being committed, the
// next one gathers. What was stored is handed to the processor.
#pragma once

#include <memory>

#include "receive/handover.hpp"
#include "store/webhooks.hpp"
#include "store/writer.hpp"

namespace dakiya::receive {

class WebhookBatches {
public:
    // Both must outlive every call of store().
    WebhookBatches(store::Writer& writer, Handover& handover);

    // Returns when it is durable. Throws what the commit failed with. [any thread but the writer's]
    void store(store::Webhook webhook);

private:
    struct State;
    const std::shared_ptr<State> state_;  // also of the callbacks, which may end after us
};

}  // namespace dakiya::receive
