// The connections to one origin and the requests that wait for one: lane by lane, in order within a lane.
// [loop thread]
#pragma once

#include <array>
#include <memory>
#include <vector>

#include "net/connection.hpp"
#include "net/http_client.hpp"

namespace dakiya::net {

class Pool final : public Connection::Owner {
public:
    Pool(const Shared& shared, const ClientOptions& options, Peer peer);

    // Takes over the exchange in `one`; its `done` is called exactly once.
    void add(Exchanges one, Steady deadline);
    // Closes connections that were unused too long or that the peer closed.
    void sweep(Steady now);
    // Ends everything. Exchanges under way end as soon as the loop goes on.
    void stop();
    bool unused() const { return connections_.empty() && waiting() == 0; }

private:
    void opened(Connection& connection) override;
    void open_failed(Connection& connection, Transport why, std::string text) override;
    void finished(Connection& connection, Exchanges one, Reply reply, bool reusable) override;

    void pump();
    void fail_expired();
    void rest(Connection& connection);
    std::shared_ptr<Connection> idle_connection();
    void open_what_is_missing();
    void expire(Exchange& exchange);
    void end(Exchanges one, Reply reply);
    Exchanges take(Exchanges& from);

    Exchanges& of(Lane lane) { return waiting_[static_cast<std::size_t>(lane)]; }
    std::size_t waiting() const;
    std::size_t busy() const { return connections_.size() - idle_.size() - opening_; }
    std::size_t most(Lane lane) const;
    Exchanges* next();
    void remove(const Connection& connection);

    Shared shared_;
    const ClientOptions& options_;
    std::shared_ptr<Peer> peer_;
    std::array<Exchanges, lane_count> waiting_;
    std::vector<std::shared_ptr<Connection>> connections_;  // all that are not closed
    std::vector<std::shared_ptr<Connection>> idle_;         // the longest unused first
    std::size_t opening_ = 0;
    bool stopped_ = false;
};

}  // namespace dakiya::net
