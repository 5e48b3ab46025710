#include "receive/webhook_batches.hpp"

#include <functional>
#include <future>
#include <mutex>
#include <utility>
#include <vector>

namespace dakiya::receive {

namespace {

struct Waiting {
    std::promise<void> stored;
    store::Webhook webhook;
};

// What one transaction inserts, and whose answers wait for it.
struct Batch {
    std::vector<store::Webhook> webhooks;
    std::vector<std::promise<void>> stored;

    void add(Waiting one) {
        webhooks.push_back(std::move(one.webhook));
        stored.push_back(std::move(one.stored));
    }
    void end(const std::exception_ptr& error) {
        for (std::promise<void>& each : stored) {
            if (error)
                each.set_exception(error);
            else
                each.set_value();
        }
    }
};

void insert(store::Writer& writer, const std::shared_ptr<Batch>& batch,
            std::function<void(const std::exception_ptr&)> done) {
    writer.submit([batch](store::Session& session) { store::webhooks::insert(session, batch->webhooks); },
                  std::move(done));
}

// One that is refused must not take the others with it.
void insert_one_by_one(store::Writer& writer, Batch& refused) {
    for (std::size_t i = 0; i < refused.webhooks.size(); ++i) {
        auto one = std::make_shared<Batch>();
        one->add({std::move(refused.stored[i]), std::move(refused.webhooks[i])});
        insert(writer, one, [one](const std::exception_ptr& error) { one->end(error); });
    }
}

}  // namespace

struct WebhookBatches::State : std::enable_shared_from_this<State> {
    explicit State(store::Writer& w) : writer(w) {}

    void add(Waiting one) {
        {
            const std::lock_guard lock(mutex);
            waiting.push_back(std::move(one));
            if (std::exchange(writing, true)) return;
        }
        write_next();
    }

    void write_next() {
        auto batch = std::make_shared<Batch>();
        {
            const std::lock_guard lock(mutex);
            writing = !waiting.empty();
            for (Waiting& one : waiting) batch->add(std::move(one));
            waiting.clear();
        }
        if (batch->webhooks.empty()) return;
        insert(writer, batch, [self = shared_from_this(), batch](const std::exception_ptr& error) {
            self->write_next();
            if (error && batch->webhooks.size() > 1)
                insert_one_by_one(self->writer, *batch);
            else
                batch->end(error);
        });
    }

    store::Writer& writer;
    std::mutex mutex;
    std::vector<Waiting> waiting;
    bool writing = false;  // a batch is on its way; who comes now goes with the next
};

WebhookBatches::WebhookBatches(store::Writer& writer) : state_(std::make_shared<State>(writer)) {}

void WebhookBatches::store(store::Webhook webhook) {
    Waiting one{{}, std::move(webhook)};
    auto stored = one.stored.get_future();
    state_->add(std::move(one));
    state_->writer.wait_for(stored);
}

}  // namespace dakiya::receive
