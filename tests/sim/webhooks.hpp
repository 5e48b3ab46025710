// Sends the webhooks of accepted messages when their time comes, in the disorder that the settings ask for,
// repeats what was not answered with 2xx as each provider would, and notes in the ledger what was.
#pragma once

#include "client.hpp"
#include "payloads.hpp"
#include "world.hpp"

#include <boost/asio/steady_timer.hpp>

#include <cstdint>
#include <queue>
#include <string>
#include <vector>

namespace sim {

class Webhooks {
public:
    Webhooks(boost::asio::io_context& io, World& world);

    void accepted(std::size_t n);
    // {"provider", "from", "text", "name"?, "button_payload"?, "reply_to"?, "whatsapp"?}; JsonError
    // otherwise.
    void inbound(const dakiya::Json& message);
    // {"provider"?: "meta"}: its GET that wants a challenge back; state() tells the outcome. JsonError when
    // it has none.
    void handshake(const dakiya::Json& which);
    dakiya::Json state() const;
    void reset();

private:
    struct Due {
        std::int64_t at = 0;
        std::uint64_t order = 0;
        Event event;
        bool operator>(const Due& other) const {
            return at != other.at ? at > other.at : order > other.order;
        }
    };
    struct Delivery {
        Provider provider = Provider::meta;
        Post post;
        std::vector<Event> events;
        std::int64_t tries = 0;
    };

    void push(Event event, std::int64_t at);
    void wake();
    void send_due();
    void deliver(Delivery delivery);
    void answered(Delivery delivery, const Answer& answer);
    std::string request(const Post& post, const Url& target) const;
    std::optional<Url> target_of(const std::string& url) const;

    boost::asio::io_context& io_;
    World& world_;
    Client client_;
    boost::asio::steady_timer timer_;
    std::int64_t wakes_at_ = 0;  // 0 = not set
    std::priority_queue<Due, std::vector<Due>, std::greater<>> due_;
    std::uint64_t run_ = 0;  // deliveries of an earlier run are forgotten
    std::uint64_t order_ = 0, acknowledged_ = 0, given_up_ = 0, retrying_ = 0, retried_ = 0;
    std::string last_error_;
    dakiya::Json handshake_;
};

}  // namespace sim
