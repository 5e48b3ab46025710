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
constexpr std::size_t most_addresses = 8;

Address to_address(const asio::ip::address& from) {
    Address to;
    to.v6 = from.is_v6();
    if (from.is_v6()) {
        const auto bytes = from.to_v6().to_bytes();
        std::copy(bytes.begin(), bytes.end(), to.bytes.begin());
    } else {
        const auto bytes = from.to_v4().to_bytes();
        std::copy(bytes.begin(), bytes.end(), to.bytes.begin());
    }
    return to;
}

void cancel(Timers& timers, std::optional<Timers::Handle>& timer) {
    if (timer) timers.cancel(*timer);
    timer.reset();
}

}  // namespace

Connection::Connection(const Shared& shared, std::shared_ptr<Peer> peer, Owner& owner)
    : shared_(shared), peer_(std::move(peer)), owner_(&owner), socket_(shared.io) {}

// ---- opening: resolve, check, connect, handshake -------------------------------------------------------

void Connection::open() {
    open_by_ = std::chrono::steady_clock::now() + shared_.connect;
    open_timer_ = shared_.timers.add(open_by_, [this] {
        open_timer_.reset();
        const auto why = tls_ ? Transport::tls : Transport::connect;
        open_failed(why, "No connection to " + name() + " within " + std::to_string(shared_.connect.count()) + " ms.");
    });
    resolve();
}

void Connection::resolve() {
    const auto port = std::to_string(peer_->address.port);
    shared_.resolver.async_resolve(
        peer_->address.host, port, tcp::resolver::numeric_service | tcp::resolver::address_configured,
        [self = shared_from_this()](const ErrorCode& error, const tcp::resolver::results_type& found) {
            if (!self->owner_) return;  // given up meanwhile
            if (error) {
                self->open_failed(Transport::connect, "Cannot find " + self->name() + ": " + error.message() + ".");
            } else {
                self->use(found);
            }
        });
}

// Only these checked addresses are connected to: there is no second look-up that could answer differently.
void Connection::use(const tcp::resolver::results_type& found) {
    std::string_view refusal;
    for (const auto& entry : found) {
        const Address address = to_address(entry.endpoint().address());
        if (peer_->guarded && !allowed(address, shared_.guard)) {
            refusal = *refused_because(address);
        } else if (endpoints_.size() < most_addresses) {
            endpoints_.push_back(entry.endpoint());
        }
    }
    std::reverse(endpoints_.begin(), endpoints_.end());
    if (endpoints_.empty())
        return open_failed(Transport::refused,
                           name() + " is not on the public Internet (its address is " + std::string(refusal) +
                               "); the operator can allow it in the address guard.");
    connect_next({});
}

void Connection::connect_next(ErrorCode last) {
    if (endpoints_.empty())
        return open_failed(Transport::connect, "Cannot connect to " + name() + ": " + last.message() + ".");
    // An address that does not answer leaves the others their share of the time.
    const Steady now = std::chrono::steady_clock::now();
    const auto share = (open_by_ - now) / static_cast<int>(endpoints_.size());
    const tcp::endpoint endpoint = endpoints_.back();
    endpoints_.pop_back();
    if (!endpoints_.empty()) {
        connect_timer_ = shared_.timers.add(now + share, [this] {
            connect_timer_.reset();
            ErrorCode ignored;  // of a socket that is given up
            socket_.close(ignored);
        });
    }
    socket_.async_connect(endpoint, [self = shared_from_this()](const ErrorCode& error) {
        if (self->owner_) self->connected(error);
    });
}

void Connection::connected(const ErrorCode& error) {
    cancel(shared_.timers, connect_timer_);
    ErrorCode failure = error;
    if (!failure && !socket_.is_open()) failure = asio::error::timed_out;  // its time passed just now
    if (!failure) socket_.set_option(tcp::no_delay(true), failure);
    if (failure) {
        ErrorCode ignored;  // of a socket that is given up
        socket_.close(ignored);
        return connect_next(failure == asio::error::operation_aborted ? ErrorCode(asio::error::timed_out) : failure);
    }
    if (peer_->address.tls) return handshake();
    open_done();
}

void Connection::handshake() {
    tls_.emplace(socket_, shared_.tls);
    if (!prepare_tls(tls_->native_handle(), peer_->address.host, peer_->session))
        return open_failed(Transport::tls, "Cannot prepare TLS for " + name() + ": out of memory or no valid name.");
    tls_->async_handshake(asio::ssl::stream_base::client, [self = shared_from_this()](const ErrorCode& error) {
        if (self->owner_) self->handshaken(error);
    });
}

void Connection::handshaken(const ErrorCode& error) {
    if (!error) return open_done();
    const std::string certificate = certificate_trouble(tls_->native_handle());
    open_failed(Transport::tls, "TLS with " + name() + " failed: " +
                                    (certificate.empty() ? error.message() : "its certificate: " + certificate) + ".");
}

void Connection::open_done() {
    cancel(shared_.timers, open_timer_);
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
    cancel(shared_.timers, open_timer_);
    cancel(shared_.timers, connect_timer_);
    ErrorCode ignored;  // of a socket that is given up
    socket_.close(ignored);
}

bool Connection::stale() {
    if (in_size_ > 0) return true;
    char byte = 0;
    const auto got = ::recv(socket_.native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
    return got >= 0 || (errno != EAGAIN && errno != EWOULDBLOCK);
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
    aborted_.emplace();
    aborted_->transport = why;
    aborted_->text = std::move(text);
    ErrorCode ignored;  // of a socket that is given up
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
    write_some(asio::buffer(text) + sent_, [self = shared_from_this()](const ErrorCode& error, std::size_t count) {
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
    Reply reply;
    reply.transport = Transport::closed;
    reply.text = name() + " closed the connection before the request was written: " + error.message() + ".";
    finish(std::move(reply), false);
}

void Connection::read() {
    if (in_.size() - in_size_ < first_read / 2) in_.resize(std::max(first_read, in_.size() * 2));
    read_some(asio::buffer(in_) + in_size_, [self = shared_from_this()](const ErrorCode& error, std::size_t count) {
        self->got(error, count);
    });
}

void Connection::got(const ErrorCode& error, std::size_t count) {
    in_size_ += count;
    if (aborted_) return finish(*std::move(aborted_), false);
    if (!error) return advance();
    // Only a proper end may end a reply that has no length: over TLS that is a closing alert, so that nobody
    // on the way can shorten it. A reset is never one.
    if (error == asio::error::eof && reader_->end() == ReplyReader::Progress::whole) return reply_is_whole();
    Reply reply = reader_->take();
    if (reply.transport == Transport::ok) {
        reply.transport = Transport::closed;
        reply.text = name() + " cut the connection: " + error.message() + ".";
    }
    finish(std::move(reply), false);
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
            Reply reply;
            reply.transport = Transport::closed;
            reply.text = name() + " switched protocols or sent interim replies without end.";
            return finish(std::move(reply), false);
        }
        reader_.emplace(exchange_.front().max_reply, exchange_.front().head_only);
    }
    std::copy(unread.begin(), unread.end(), in_.begin());
    in_size_ = unread.size();
    if (in_size_ < most_unread) return read();
    Reply reply;
    reply.transport = Transport::too_large;
    reply.text = "A line of " + name() + "'s reply has more than 64 KiB.";
    finish(std::move(reply), false);
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
