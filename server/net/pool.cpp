#include "net/pool.hpp"

#include <algorithm>

namespace dakiya::net {

namespace {

constexpr std::array lanes{Lane::otp, Lane::single, Lane::campaign};  // the order in which they go

}  // namespace

Pool::Pool(const Shared& shared, const ClientOptions& options, Peer peer)
    : shared_(shared), options_(options), peer_(std::make_shared<Peer>(std::move(peer))) {}

void Pool::add(Exchanges one, Steady deadline) {
    Exchanges& queue = of(one.front().lane);
    if (queue.size() >= options_.waiting)
        return end(std::move(one), no_reply(Transport::refused, "Too many requests wait for " +
                                                                    authority(peer_->address) + " already."));
    Exchange& exchange = one.front();
    exchange.place = one.begin();
    exchange.deadline = shared_.line.timers.add(deadline, [this, &exchange] {
        exchange.deadline.reset();
        expire(exchange);
    });
    queue.splice(queue.end(), one);
    pump();
}

std::size_t Pool::waiting() const {
    std::size_t sum = 0;
    for (const Exchanges& queue : waiting_) sum += queue.size();
    return sum;
}

// How many connections may be busy so that a request of this lane may still begin.
std::size_t Pool::most(Lane lane) const {
    std::size_t most = options_.connections;
    if (lane != Lane::campaign) most += options_.for_singles;
    if (lane == Lane::otp) most += options_.for_otp;
    return most;
}

// The lane whose first request may begin now, if there were a connection. Null: nobody's.
Exchanges* Pool::next() {
    for (const Lane lane : lanes)
        if (!of(lane).empty()) return busy() < most(lane) ? &of(lane) : nullptr;
    return nullptr;
}

// Brings waiting requests and unused connections together.
void Pool::pump() {
    for (;;) {
        fail_expired();
        Exchanges* const queue = next();
        if (queue == nullptr) return;
        const auto connection = idle_connection();
        if (!connection) return open_what_is_missing();
        connection->run(take(*queue));
    }
}

// A lease that ended means that somebody else may be sending the same message by now. Called right before the
// first of those who wait is written.
void Pool::fail_expired() {
    const auto now = std::chrono::steady_clock::now();
    for (Exchanges& queue : waiting_)
        while (!queue.empty() && queue.front().not_after && now >= *queue.front().not_after)
            end(take(queue),
                no_reply(Transport::refused, "The time in which the request might be sent is over."));
}

// The one that was used last, because it is the least likely to be cut by the peer.
std::shared_ptr<Connection> Pool::idle_connection() {
    while (!idle_.empty()) {
        auto connection = std::move(idle_.back());
        idle_.pop_back();
        if (!connection->stale()) return connection;
        connection->close();
        remove(*connection);
    }
    return nullptr;
}

void Pool::open_what_is_missing() {
    std::size_t wanted = 0;
    for (const Lane lane : lanes) {
        wanted += of(lane).size();
        while (opening_ < wanted && connections_.size() < most(lane)) {
            ++opening_;
            connections_.push_back(std::make_shared<Connection>(shared_, peer_, *this));
            connections_.back()->open();
        }
    }
}

void Pool::opened(Connection& connection) {
    fail_expired();
    Exchanges* const queue = next();
    --opening_;
    // Not by way of the idle ones: what a TLS server sends first (session tickets) would pass for stale.
    if (queue != nullptr) return connection.run(take(*queue));
    rest(connection);
}

void Pool::rest(Connection& connection) {
    connection.idle_since = std::chrono::steady_clock::now();
    idle_.push_back(connection.shared_from_this());
}

// Each failed attempt ends one request, the one whose turn it was; the others get attempts of their own.
void Pool::open_failed(Connection& connection, Transport why, std::string text) {
    --opening_;
    remove(connection);
    for (Exchanges& queue : waiting_) {
        if (queue.empty()) continue;
        end(take(queue), no_reply(why, std::move(text)));
        break;
    }
    pump();
}

void Pool::finished(Connection& connection, Exchanges one, Reply reply, bool reusable) {
    if (reusable && !stopped_) {
        rest(connection);
    } else {
        if (reusable) connection.close();
        remove(connection);
    }
    end(std::move(one), std::move(reply));
    pump();
}

void Pool::expire(Exchange& exchange) {
    const char* const text = "The time for the whole request passed without a whole reply.";
    if (exchange.on) return exchange.on->abort(Transport::timeout, text);
    Exchanges one;
    one.splice(one.end(), of(exchange.lane), exchange.place);
    end(std::move(one),
        no_reply(Transport::timeout, "The time passed while the request waited for a connection."));
}

void Pool::end(Exchanges one, Reply reply) {
    Exchange& exchange = one.front();
    if (exchange.deadline) shared_.line.timers.cancel(*exchange.deadline);
    exchange.done(std::move(reply));
}

Exchanges Pool::take(Exchanges& from) {
    Exchanges one;
    one.splice(one.end(), from, from.begin());
    return one;
}

void Pool::remove(const Connection& connection) {
    const auto same = [&](const auto& other) { return other.get() == &connection; };
    connections_.erase(std::find_if(connections_.begin(), connections_.end(), same));
}

void Pool::sweep(Steady now) {
    std::erase_if(idle_, [&](const std::shared_ptr<Connection>& connection) {
        if (now - connection->idle_since < options_.idle && !connection->stale()) return false;
        connection->close();
        remove(*connection);
        return true;
    });
}

void Pool::stop() {
    stopped_ = true;
    for (Exchanges& queue : waiting_)
        while (!queue.empty()) end(take(queue), no_reply(Transport::closed, "The client is shutting down."));
    idle_.clear();
    std::erase_if(connections_, [](const std::shared_ptr<Connection>& connection) {
        if (connection->busy()) {
            connection->abort(Transport::closed, "The client is shutting down.");
            return false;  // until it says that it is finished
        }
        connection->close();
        return true;
    });
}

}  // namespace dakiya::net
