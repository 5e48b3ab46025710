#include "net/connection.hpp"

#include <sys/socket.h>

#include <algorithm>
#include <cerrno>

#include <boost/asio/post.hpp>

namespace dakiya::net {
namespace {

namespace asio = boost::asio;

constexpr std::size_t first_read = 8U << 10U;
constexpr std::size_t most_unread = max_reply_head + first_read;  // a longer line fits no reply that we take
constexpr int most_interim = 16;

void cancel(Timers& timers, std::optional<Timers::Handle>& timer) {
    if (timer) timers.cancel(*timer);
    timer.reset();
}

}  // namespace

Connection::Connection(const Shared& shared, std::shared_ptr<Peer> peer, Owner& owner)
    : shared_(shared), peer_(std::move(peer)), owner_(&owner), socket_(shared.line.io) {}

// ---- opening: dial, handshake -------------------------------------------------------

void Connection::open() {
    const Steady open_by = std::chrono::steady_clock::now() + shared_.connect;
    open_timer_ = shared_.line.timers.add(open_by, [this] {
        open_timer_.reset();
        const auto why = tls_ ? Transport::tls : Transport::connect;
        open_failed(why, "No connection to " + name() + " within " + std::to_string(shared_.connect.count()) +
                             " ms.");
    });
    dial_ = std::make_shared<Dial>(
        shared_.line, Dial::To{peer_->address.host, name(), peer_->address.port, peer_->guarded});
    dial_->start(open_by, [self = shared_from_this()](Transport why, std::string text, tcp::socket socket) {
        self->dial_.reset();
        if (why != Transport::ok) return self->open_failed(why, std::move(text));
        self->socket_ = std::move(socket);
        if (self->peer_->address.tls) return self->handshake();
        self->open_done();
    });
}

void Connection::handshake() {
    tls_.emplace(socket_, shared_.tls);
    if (!prepare_tls(tls_->native_handle(), peer_->address.host, peer_->session))
        return open_failed(Transport::tls,
                           "Cannot prepare TLS for " + name() + ": out of memory or no valid name.");
    tls_->async_handshake(asio::ssl::stream_base::client,
                          [self = shared_from_this()](const ErrorCode& error) {
                              if (self->owner_) self->handshaken(error);
                          });
}

void Connection::handshaken(const ErrorCode& error) {
    if (!error) return open_done();
    const std::string certificate = certificate_trouble(tls_->native_handle());
    open_failed(Transport::tls,
                "TLS with " + name() + " failed: " +
                    (certificate.empty() ? error.message() : "its certificate: " + certificate) + ".");
}

void Connection::open_done() {
    cancel(shared_.line.timers, open_timer_);
    owner_->opened(*this);
}

void Connection::open_failed(Transport why, std::string text) {
    const auto self = shared_from_this();  // the owner lets go of us
    Owner* owner = owner_;
    close();
    owner->open_failed(*this, why, std::move(text));
}

void Connection::close() {
    owner_ = nullptr;
    if (tls_) mark_closed(tls_->native_handle());
    cancel(shared_.line.timers, open_timer_);
    if (const auto dial = std::exchange(dial_, nullptr)) dial->cancel();
    ErrorCode ignored;  // of a socket that is given up
    socket_.close(ignored);
}

bool Connection::stale() {
    if (in_size_ > 0) return true;
    char byte = 0;
    const auto got = ::recv(socket_.native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
    return got >= 0 || errno != EAGAIN;
}

// ---- one exchange: write all of it, read one reply -----------------------------------------------------

void Connection::run(Exchanges one) {
    exchange_ = std::move(one);
    Exchange& exchange = exchange_.front();
    exchange.on = this;
    reader_.emplace(exchange.max_reply, exchange.head_only);
    sent_ = 0;
    bytes_left_ = request_cut_ = false;
    interim_ = 0;
    write();
}

void Connection::abort(Transport why, std::string text) {
    aborted_ = no_reply(why, std::move(text));
    ErrorCode ignored;       // of a socket that is given up
    socket_.close(ignored);  // the pending write or read ends now, and knows what went out
}

template <class Handler>
void Connection::write_some(asio::const_buffer bytes, Handler&& handler) {
    if (tls_) {
        tls_->async_write_some(bytes, std::forward<Handler>(handler));
    } else {
        socket_.async_write_some(bytes, std::forward<Handler>(handler));
    }
}

template <class Handler>
void Connection::read_some(asio::mutable_buffer space, Handler&& handler) {
    if (tls_) {
        tls_->async_read_some(space, std::forward<Handler>(handler));
    } else {
        socket_.async_read_some(space, std::forward<Handler>(handler));
    }
}

void Connection::write() {
    if (tls_) bytes_left_ = true;  // a record that fails may have gone out in part
    const std::string& text = exchange_.front().text;
    write_some(asio::buffer(text) + sent_,
               [self = shared_from_this()](const ErrorCode& error, std::size_t count) {
                   self->wrote(error, count);
               });
}

void Connection::wrote(const ErrorCode& error, std::size_t count) {
    sent_ += count;
    if (count > 0) bytes_left_ = true;
    if (aborted_) return finish(*std::move(aborted_), false);
    if (!error) return sent_ < exchange_.front().text.size() ? write() : read();
    if (bytes_left_) {  // some servers answer and close before they have read everything
        request_cut_ = true;
        return read();
    }
    finish(no_reply(Transport::closed, name() + " closed the connection before the request was written: " +
                                           error.message() + "."),
           false);
}

void Connection::read() {
    if (in_.size() - in_size_ < first_read / 2) in_.resize(std::max(first_read, in_.size() * 2));
    read_some(
        asio::buffer(in_) + in_size_,
        [self = shared_from_this()](const ErrorCode& error, std::size_t count) { self->got(error, count); });
}

void Connection::got(const ErrorCode& error, std::size_t count) {
    in_size_ += count;
    if (aborted_) return finish(*std::move(aborted_), false);
    if (!error) return advance();
    // Only a proper end may end a reply that has no length: over TLS that is a closing alert, so that nobody
    // on the way can shorten it. A reset is never one.
    if (error != asio::error::eof)
        return finish(no_reply(Transport::closed, name() + " cut the connection: " + error.message() + "."),
                      false);
    if (reader_->end() == ReplyReader::Progress::whole) return reply_is_whole();
    finish(reader_->take(), false);
}

void Connection::advance() {
    std::string_view unread(in_.data(), in_size_);
    for (;;) {
        const auto progress = reader_->add(unread);
        if (progress == ReplyReader::Progress::failed) return finish(reader_->take(), false);
        if (progress == ReplyReader::Progress::more) break;
        if (reader_->status() / 100 != 1) {
            std::copy(unread.begin(), unread.end(), in_.begin());
            in_size_ = unread.size();
            return reply_is_whole();
        }
        // RFC 9110 15.2: interim replies come before the real one. We never ask for 101.
        if (reader_->status() == 101 || ++interim_ > most_interim) {
            return finish(no_reply(Transport::closed,
                                   name() + " switched protocols or sent interim replies without end."),
                          false);
        }
        reader_.emplace(exchange_.front().max_reply, exchange_.front().head_only);
    }
    std::copy(unread.begin(), unread.end(), in_.begin());
    in_size_ = unread.size();
    if (in_size_ < most_unread) return read();
    finish(no_reply(Transport::too_large, "A line of " + name() + "'s reply has more than 64 KiB."), false);
}

void Connection::reply_is_whole() {
    const bool reusable = reader_->keep_alive() && !request_cut_ && in_size_ == 0;
    finish(reader_->take(), reusable);
}

void Connection::finish(Reply reply, bool reusable) {
    const auto self = shared_from_this();  // the owner may let go of us
    reply.bytes_left = bytes_left_;
    Owner* owner = owner_;
    if (!reusable) close();
    aborted_.reset();
    exchange_.front().on = nullptr;
    owner->finished(*this, std::move(exchange_), std::move(reply), reusable);
}

}  // namespace dakiya::net
