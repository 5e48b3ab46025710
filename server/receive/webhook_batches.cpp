#include "receive/webhook_batches.hpp"

#include <algorithm>
#include <functional>
#include <future>
#include <mutex>
#include <utility>
#include <vector>

namespace dakiya::receive {

namespace {

// What one transaction inserts, and whose answers wait for it: all are woken by one call.
struct Batch {
    std::vector<store::Webhook> webhooks;
    std::vector<std::exception_ptr> errors;  // of each; null: stored
    std::vector<Id> written;                 // of the webhooks: the others were repeats
    std::promise<void> ending;
    const std::shared_future<void> ended = ending.get_future().share();

    std::size_t add(store::Webhook webhook) {
        webhooks.push_back(std::move(webhook));
        errors.emplace_back();
        return errors.size() - 1;
    }
};

}  // namespace

struct WebhookBatches::State : std::enable_shared_from_this<State> {
    State(store::Writer& w, Handover& h) : writer(w), handover(h) {}

    // Goes with the batch that gathers now: the batch, and its place there.
    std::pair<std::shared_ptr<Batch>, std::size_t> add(store::Webhook webhook) {
        std::pair<std::shared_ptr<Batch>, std::size_t> added;
        {
            const std::lock_guard lock(mutex);
            added = {gathering, gathering->add(std::move(webhook))};
            if (std::exchange(writing, true)) return added;
        }
        write_next();
        return added;
    }

    void write_next() {
        std::shared_ptr<Batch> batch;
        {
            const std::lock_guard lock(mutex);
            writing = !gathering->webhooks.empty();
            if (!writing) return;
            batch = std::exchange(gathering, std::make_shared<Batch>());
        }
        insert(batch, [self = shared_from_this(), batch](const std::exception_ptr& error) {
            self->write_next();
            if (error && batch->webhooks.size() > 1) return self->insert_one_by_one(batch, 0);
            batch->errors.front() = error;
            batch->ending.set_value();
        });
    }

    // One that is refused must not take the others with it.
    void insert_one_by_one(const std::shared_ptr<Batch>& refused, std::size_t next) {
        if (next == refused->webhooks.size()) return refused->ending.set_value();
        auto one = std::make_shared<Batch>();
        one->add(std::move(refused->webhooks[next]));
        insert(one, [self = shared_from_this(), refused, next](const std::exception_ptr& error) {
            refused->errors[next] = error;
            self->insert_one_by_one(refused, next + 1);
        });
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
    std::shared_ptr<Batch> gathering = std::make_shared<Batch>();
    bool writing = false;  // a batch is on its way; who comes now goes with the next
};

WebhookBatches::WebhookBatches(store::Writer& writer, Handover& handover)
    : state_(std::make_shared<State>(writer, handover)) {}

void WebhookBatches::store(store::Webhook webhook) {
    const auto [batch, place] = state_->add(std::move(webhook));
    state_->writer.wait_for(batch->ended);
    if (const auto& error = batch->errors[place]) std::rethrow_exception(error);
}

}  // namespace dakiya::receive
