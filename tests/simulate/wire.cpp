#include "wire.hpp"

#include <fmt/format.h>

namespace dakiya::simulate {

namespace {

constexpr std::int64_t look_again_ms = 50;  // whether a process that stands still goes on

struct Addressee {
    std::string ref, address;
};

std::vector<Addressee> addressees(const std::string& body) {
    std::vector<Addressee> all;
    for (const Json& to : Json::parse(body).at("to"))
        all.push_back({to.at("ref").text(), to.at("address").text()});
    return all;
}

net::Reply failed(net::Transport transport, bool bytes_left) {
    net::Reply reply = net::no_reply(transport, "the wire broke");
    reply.bytes_left = bytes_left;
    return reply;
}

}  // namespace

struct Wire::Call {
    net::Request request;
    net::Done done;
    std::string operation;
    std::vector<Addressee> to;  // of a send
    bool left = false;          // bytes are on their way
    bool ended = false;         // done was called
};

struct Wire::State {
    Parts parts;
    std::string node;
    const Clock& clock;
    std::vector<std::weak_ptr<Call>> calls;
};

Wire::Wire(Parts parts, std::string node, const Clock& clock)
    : state_(std::make_shared<State>(State{std::move(parts), std::move(node), clock, {}})) {}

Wire::~Wire() {
    for (const auto& weak : state_->calls)
        if (const auto call = weak.lock(); call && !call->ended)
            for (const Addressee& to : call->to) state_->parts.unanswered(to.ref);
}

void Wire::in_process(std::int64_t delay_ms, std::function<void()> work) {
    state_->parts.timeline.after(delay_ms,
                                 [this, weak = std::weak_ptr(state_), work = std::move(work)]() mutable {
                                     const auto state = weak.lock();
                                     if (!state) return;
                                     if (state->parts.stands())
                                         return in_process(look_again_ms, std::move(work));
                                     work();
                                 });
}

void Wire::after(Millis delay, std::function<void()> work) { in_process(delay.count(), std::move(work)); }

void Wire::perform(net::Request request, net::Done done) {
    auto call = std::make_shared<Call>();
    call->operation = request.url.substr(provider_host.size());
    if (call->operation == "send") call->to = addressees(request.body);
    call->request = std::move(request);
    call->done = std::move(done);
    std::erase_if(state_->calls, [](const auto& weak) { return weak.expired(); });
    state_->calls.push_back(call);

    Chance& chance = state_->parts.chance;
    const bool slow = !state_->parts.calm && chance.one_in(state_->parts.plan.wire.slow_connection);
    in_process(slow ? chance.between(500, 8'000) : chance.between(0, 20), [this, call] { connect(call); });
    in_process(call->request.timeout.count(),
               [this, call] { answer(call, failed(net::Transport::timeout, call->left), 0); });
}

void Wire::connect(const std::shared_ptr<Call>& call) {
    const Parts& parts = state_->parts;
    if (call->ended) return;
    if (call->request.not_after && state_->clock.steady() >= *call->request.not_after)
        return answer(call, failed(net::Transport::refused, false), 0);
    if (!parts.calm && parts.chance.one_in(parts.plan.wire.no_connection))
        return answer(call, failed(net::Transport::connect, false), 0);
    for (const Addressee& to : call->to) {
        parts.trace.add(parts.timeline.now(), fmt::format("{} sends {}", state_->node, to.ref));
        parts.begun(to.ref, to.address);
    }
    call->left = true;
    leave(call);
}

// From here on the process may end, and the request arrives all the same.
void Wire::leave(const std::shared_ptr<Call>& call) {
    const Parts& parts = state_->parts;
    const bool trouble = !parts.calm;
    const std::int64_t travel = trouble && parts.chance.one_in(parts.plan.wire.late)
                                    ? parts.chance.between(1'000, 20'000)
                                    : parts.chance.between(1, 60);
    if (trouble && parts.chance.one_in(parts.plan.wire.request_lost)) {
        for (const Addressee& to : call->to) parts.unanswered(to.ref);
        return answer(call, failed(net::Transport::closed, true), travel);
    }
    const bool garbled = trouble && parts.chance.one_in(parts.plan.wire.garbled);
    const bool lost = trouble && parts.chance.one_in(parts.plan.wire.answer_lost);
    const std::int64_t back = trouble && parts.chance.one_in(parts.plan.wire.late)
                                  ? parts.chance.between(1'000, 20'000)
                                  : parts.chance.between(1, 60);
    parts.timeline.after(
        travel, [this, weak = std::weak_ptr(state_), call, lost, garbled, back, &provider = parts.provider] {
            net::Reply reply;
            reply.bytes_left = true;
            reply.status = 200;
            reply.body = provider.serve(call->operation, call->request.body);
            const auto state = weak.lock();
            if (!state) return;
            if (garbled) reply.body = "<html>";
            if (lost || garbled)
                for (const Addressee& to : call->to) state->parts.unanswered(to.ref);
            answer(call, lost ? failed(net::Transport::closed, true) : std::move(reply), back);
        });
}

void Wire::answer(const std::shared_ptr<Call>& call, net::Reply reply, std::int64_t delay_ms) {
    in_process(delay_ms, [this, call, reply = std::move(reply)]() mutable {
        if (std::exchange(call->ended, true)) return;
        if (reply.transport == net::Transport::timeout && call->left)
            for (const Addressee& to : call->to) state_->parts.unanswered(to.ref);
        call->done(std::move(reply));
    });
}

}  // namespace dakiya::simulate
