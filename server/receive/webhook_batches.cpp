#include "receive/webhook_batches.hpp"

#include <algorithm>
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
    std::vector<Id> written;  // of the webhooks: the others were repeats

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

}  // namespace

struct WebhookBatches::State : std::enable_shared_from_this<State> {
    State(store::Writer& w, Handover& h) : writer(w), handover(h) {}

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
        insert(batch, [self = shared_from_this(), batch](const std::exception_ptr& error) {
            self->write_next();
            if (error && batch->webhooks.size() > 1)
                self->insert_one_by_one(*batch);
            else
                batch->end(error);
        });
    }

    // One that is refused must not take the others with it.
    void insert_one_by_one(Batch& refused) {
        for (std::size_t i = 0; i < refused.webhooks.size(); ++i) {
            auto one = std::make_shared<Batch>();
            one->add({std::move(refused.stored[i]), std::move(refused.webhooks[i])});
            insert(one, [one](const std::exception_ptr& error) { one->end(error); });
        }
    }

    // Those for which there is room go on to the processor when they are durable; until then their rows say
    // that they are taken.
    void insert(const std::shared_ptr<Batch>& batch, std::function<void(const std::exception_ptr&)> done) {
        for (store::Webhook& webhook : batch->webhooks) {
            if (!handover.admit(webhook)) continue;
            webhook.due_at = webhook.received_at + claim_ms;
            webhook.attempts = 1;
        }
        writer.submit(
            [batch](store::Session& session) {
                batch->written = store::webhooks::insert(session, batch->webhooks);
            },
            [self = shared_from_this(), batch, done = std::move(done)](const std::exception_ptr& error) {
                self->hand_over(*batch, !error);
                done(error);
            });
    }

    // When they were not stored, they are in the batch as they were before.
    void hand_over(Batch& batch, bool stored) {
        for (store::Webhook& webhook : batch.webhooks) {
            if (webhook.attempts == 0) continue;
            const auto& written = batch.written;
            const bool is_new =
                stored && std::find(written.begin(), written.end(), webhook.id) != written.end();
            if (is_new) {
                handover.put(std::move(webhook));
                continue;
            }
            handover.give_up(webhook);
            webhook.due_at = webhook.received_at;
            webhook.attempts = 0;
        }
    }

    store::Writer& writer;
    Handover& handover;
    std::mutex mutex;
    std::vector<Waiting> waiting;
    bool writing = false;  // a batch is on its way; who comes now goes with the next
};

WebhookBatches::WebhookBatches(store::Writer& writer, Handover& handover)
    : state_(std::make_shared<State>(writer, handover)) {}

void WebhookBatches::store(store::Webhook webhook) {
    Waiting one{{}, std::move(webhook)};
    auto stored = one.stored.get_future();
    state_->add(std::move(one));
    state_->writer.wait_for(stored);
}

}  // namespace dakiya::receive
