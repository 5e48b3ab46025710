// One client's connection as a state machine that never blocks. It has one owner at a time: the parking
// thread while it waits for the network, a worker while there is work. So nothing here is locked.
//
//   head ──(large body)──▶ admit ──▶ body ──▶ ready ──▶ answering ──▶ head …
//     └───────(small or no body)──────┘                     └──▶ lingering ──▶ closed
#pragma once

#include <memory>
#include <string>

#include <Poco/Net/StreamSocket.h>

#include "api/chunked.hpp"
#include "api/head.hpp"
#include "api/http.hpp"
#include "base/clock.hpp"

namespace dakiya::api {

struct Limits {
    std::size_t head = 32U << 10U;         // bytes
    std::size_t memory_body = 64U << 10U;  // bytes; larger bodies need admission and are kept in a file
    Millis head_time{10'000};              // from the first byte of a request to the end of its head
    Millis body_time{60'000};              // for a body, plus what it is given per byte below
    std::size_t body_rate = 64U << 10U;    // bytes that buy one more second
    Millis idle_time{75'000};              // between requests
    Millis write_stall{30'000};            // without the client taking a byte
    Millis linger_time{2'000};  // to let the client read a refusal before its unread bytes reset the line
};

class Connection {
public:
    enum class Next { read, write, work, close };

    // proxied: the peer is a proxy of ours, which says in X-Forwarded-For who is asking.
    Connection(const Poco::Net::StreamSocket& socket, std::string peer, bool proxied, const Limits& limits,
               const std::string& spool_folder, Steady now);

    Next receive(Handler& handler, Steady now);  // the socket is readable
    Next resume(Handler& handler, Steady now);   // back from a worker: bytes may be waiting already
    Next flush(Steady now);                      // the socket is writable
    Next work(Handler& handler, Steady now);     // on a worker: admit, handle, or the next piece

    Steady deadline() const;
    bool idle() const { return phase_ == Phase::head && in_.empty(); }
    void close_after_answer() { closing_ = true; }  // graceful stop

    int fd() const { return socket_.impl()->sockfd(); }
    const std::string& peer() const { return peer_; }

private:
    enum class Phase { head, admit, body, ready, answering, lingering };

    Next advance(Handler& handler, Steady now);
    Next take_head(Handler& handler, Steady now);
    Next take_body(Handler& handler, Steady now);
    Next ask_admission(Handler& handler, Steady now);
    Next refuse(Handler& handler, int status, const Error& error, Steady now);
    Next answer(Response response, Steady now);
    Next finish_answer(Steady now);
    std::string asker() const;
    void store_body(std::string_view bytes);
    void next_piece();
    bool keeps_alive() const { return head_.keep_alive && !closing_; }

    Poco::Net::StreamSocket socket_;
    const std::string peer_;
    const bool proxied_;
    const Limits& limits_;
    const std::string& spool_folder_;

    Phase phase_ = Phase::head;
    Steady since_;  // when the phase began, or when the client last took a byte of the answer
    std::string in_;
    std::size_t scanned_ = 0;  // bytes of in_ known to hold no end of head
    Head head_;
    ChunkedDecoder chunks_;
    std::size_t body_size_ = 0, body_most_ = 0;
    std::string out_;
    std::size_t out_at_ = 0;
    std::function<std::string()> stream_;
    bool stream_chunked_ = false;
    bool closing_ = false;
};

}  // namespace dakiya::api
