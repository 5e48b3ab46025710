#include "send/single.hpp"

#include "domain/admission.hpp"
#include "send/allowance.hpp"
#include "send/next_step.hpp"
#include "store/suppressions.hpp"

namespace dakiya::send {

namespace {

using store::MessageView;

struct Work {
    store::Message message;
    store::Queued row;
    std::string portfolio;                      // among whose people it counts
    std::optional<domain::StepRule> next;       // of its route, when it is skipped
    std::shared_ptr<QueueRunner::Ready> ready;  // null: it waits its turn
    Result<MessageView> stored = Error{};
};

MessageView view_of(const store::Message& message) {
    MessageView view;
    view.message = message;
    view.state = message.state;
    return view;
}

// Inside a writer's unit.
Result<MessageView> store_one(store::Session& session, const Work& work, const Along& along) {
    if (along.before && !along.before(session)) return Error{Code::conflict, "this was done before", ""};
    MessageView view = view_of(work.message);
    const store::Message& m = work.message;
    // The last look before it is sent: nobody looks again.
    if (m.state == domain::State::queued &&
        store::suppressions::find(session, store::Scope{m.tenant}, m.channel, m.address)) {
        view.message.state = view.state = domain::State::skipped;
        view.message.reason = domain::reason::suppressed;
    }
    if (view.state == domain::State::queued) {
        const auto allowance =
            reserve(session, {store::Scope{m.tenant}, m.channel, m.connection, work.portfolio}, {&m, 1},
                    m.created_at);
        if (allowance.messages == 0) return Error{Code::too_many, allowance.text, "quota"};
    }
    store::messages::insert(session, std::span<const store::Message>(&view.message, 1));
    if (view.state == domain::State::queued)
        store::queue::insert(session, std::span<const store::Queued>(&work.row, 1));
    if (view.state == domain::State::skipped && work.next)
        store::fallbacks::insert(
            session, due_of_skipped(std::span<const store::Message>(&view.message, 1), *work.next, 0));
    if (along.after) along.after(session, view);
    return view;
}

// On the writer's thread, so that the first byte does not wait for the one who asked.
void go_on(const Work& work, QueueRunner& runner, bool durable) {
    const bool queued = durable && work.stored && work.stored->state == domain::State::queued;
    if (work.ready)
        queued ? runner.send(*work.ready) : runner.drop(*work.ready);
    else if (queued)
        runner.ring();
}

}  // namespace

Result<MessageView> store_and_send(store::Writer& writer, QueueRunner& runner, Single single,
                                   const Along& along) {
    Work work;
    work.message = std::move(single.message);
    const std::int64_t now = work.message.created_at;
    QueueItem item;
    item.row.message = work.message.id;
    item.row.tenant = work.message.tenant;
    item.row.connection = work.message.connection;
    item.row.lane = runner.lane();
    item.row.due_at = now;
    item.row.deadline_at = single.deadline_at;
    work.row = item.row;
    work.next = single.job->follow_up.next;
    work.portfolio = single.job->portfolio;
    if (work.message.state == domain::State::queued && now < single.deadline_at) {
        item.message = work.message;
        item.job = std::move(single.job);
        work.ready = runner.prepare(std::move(item));
        if (work.ready) work.row = work.ready->item.row;
    }
    if (!single.stored_params.empty()) work.message.params = std::move(single.stored_params);
    writer.run([&](store::Session& session) { work.stored = store_one(session, work, along); },
               [&](const std::exception_ptr& error) { go_on(work, runner, !error); });
    return std::move(work.stored);
}

}  // namespace dakiya::send
