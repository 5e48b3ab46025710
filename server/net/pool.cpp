#include "net/pool.hpp"

#include <algorithm>

namespace dakiya::net {

Reply no_reply(Transport why, std::string text) {
    Reply reply;
    reply.transport = why;
    reply.text = std::move(text);
    return reply;
}

Pool::Pool(const Shared& shared, const ClientOptions& options, Peer peer)
    : shared_(shared), options_(options), peer_(std::make_shared<Peer>(std::move(peer))) {}

void Pool::add(Exchanges one, Millis timeout) {
    if (waiting_.size() >= options_.waiting)
        return end(std::move(one), no_reply(Transport::refused, "Too many requests wait for " +
                                                                    authority(peer_->address) + " already."));
    Exchange& exchange = one.front();
    exchange.deadline = shared_.timers.add(std::chrono::steady_clock::now() + timeout, [this, &exchange] {
        exchange.deadline.reset();
        expire(exchange);
    });
    waiting_.splice(waiting_.end(), one);
    pump();
}

// Brings waiting requests and free connections together.
void Pool::pump() {
    while (!waiting_.empty()) {
        // A lease that ended means that somebody else may be sending the same message by now.
        const auto& not_after = waiting_.front().not_after;
        if (not_after && std::chrono::steady_clock::now() >= *not_after) {
            end(take_first(), no_reply(Transport::refused, "The time in which the request might be sent is over."));
            continue;
        }
        const auto connection = idle_connection();
        if (!connection) return open_what_is_missing();
        connection->run(take_first());
    }
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
    while (opening_ < waiting_.size() && connections_.size() < options_.connections) {
        ++opening_;
        connections_.push_back(std::make_shared<Connection>(shared_, peer_, *this));
        connections_.back()->open();
    }
}

void Pool::opened(Connection& connection) {
    --opening_;
    connection.idle_since = std::chrono::steady_clock::now();
    idle_.push_back(connection.shared_from_this());
    pump();
}

// Each failed attempt ends one request, the one that waited longest; the others get attempts of their own.
void Pool::open_failed(Connection& connection, Transport why, std::string text) {
    --opening_;
    remove(connection);
    if (!waiting_.empty()) end(take_first(), no_reply(why, std::move(text)));
    pump();
}

void Pool::finished(Connection& connection, Exchanges one, Reply reply, bool reusable) {
    if (reusable && !stopped_) {
        connection.idle_since = std::chrono::steady_clock::now();
        idle_.push_back(connection.shared_from_this());
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
    const auto place = std::find_if(waiting_.begin(), waiting_.end(), [&](const Exchange& e) { return &e == &exchange; });
    Exchanges one;
    one.splice(one.end(), waiting_, place);
    end(std::move(one), no_reply(Transport::timeout, "The time passed while the request waited for a connection."));
}

void Pool::end(Exchanges one, Reply reply) {
    Exchange& exchange = one.front();
    if (exchange.deadline) shared_.timers.cancel(*exchange.deadline);
    exchange.done(std::move(reply));
}

Exchanges Pool::take_first() {
    Exchanges one;
    one.splice(one.end(), waiting_, waiting_.begin());
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
    while (!waiting_.empty()) end(take_first(), no_reply(Transport::closed, "The client is shutting down."));
    for (const auto& connection : idle_) {
        connection->close();
        remove(*connection);
    }
    idle_.clear();
    for (const auto& connection : connections_) connection->shut_down("The client is shutting down.");
}

}  // namespace dakiya::net
