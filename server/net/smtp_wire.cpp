#include <utility>  // Boost 1.74's awaitable.hpp uses std::exchange and does not include this

#include "net/smtp_wire.hpp"

#include <sys/socket.h>

#include <array>
#include <cerrno>

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

namespace dakiya::net {
namespace asio = boost::asio;

SmtpWire::SmtpWire(const Dial::Line& line, asio::ssl::context& tls, std::shared_ptr<Peer> peer)
    : line_(line), context_(tls), peer_(std::move(peer)), socket_(line.io) {}

// ---- opening ----------------------------------------------------------------------------------------------

Task<bool> SmtpWire::connect(Millis within) {
    const MailServer& server = peer_->server;
    dial_ = std::make_shared<Dial>(line_, Dial::To{server.host, name(), server.port, true});
    auto why = Transport::ok;
    std::string text;
    co_await asio::async_initiate<const asio::use_awaitable_t<>&, void()>(
        [&](auto handler) {
            const auto kept = std::make_shared<decltype(handler)>(std::move(handler));
            const Steady by = std::chrono::steady_clock::now() + within;
            dial_->start(by,
                         [this, &why, &text, kept](Transport ended, std::string said, tcp::socket socket) {
                             why = ended;
                             text = std::move(said);
                             socket_ = std::move(socket);
                             std::move (*kept)();
                         });
        },
        asio::use_awaitable);
    dial_.reset();
    if (why == Transport::ok) co_return true;
    reply_.transport = why;
    reply_.stage = "connect";
    reply_.text = std::move(text);
    co_return false;
}

Task<bool> SmtpWire::handshake(std::string_view stage) {
    tls_.emplace(socket_, context_);
    reply_.stage = stage;
    reply_.transport = Transport::tls;
    if (!prepare_tls(tls_->native_handle(), peer_->server.host, peer_->session)) {
        reply_.text = "Cannot prepare TLS for " + name() + ": out of memory or no valid name.";
        co_return false;
    }
    ErrorCode error;
    co_await tls_->async_handshake(asio::ssl::stream_base::client,
                                   asio::redirect_error(asio::use_awaitable, error));
    if (!error) {
        reply_ = {};
        co_return true;
    }
    const std::string certificate = certificate_trouble(tls_->native_handle());
    reply_.text = "TLS with " + name() + " failed: " +
                  (timed_out_            ? "it took too long"
                   : certificate.empty() ? error.message()
                                         : "its certificate: " + certificate) +
                  ".";
    co_return false;
}

// ---- commands and replies ---------------------------------------------------------------------------------

Task<bool> SmtpWire::command(std::string_view stage, std::string line, int wanted) {
    SmtpReply reply;
    const bool asked = co_await ask(stage, std::move(line), reply);
    if (!asked) co_return false;
    co_return is_yes(stage, wanted, std::move(reply));
}

Task<bool> SmtpWire::answer(std::string_view stage, int wanted) {
    SmtpReply reply;
    const bool told = co_await read_reply(stage, reply);
    if (!told) co_return false;
    co_return is_yes(stage, wanted, std::move(reply));
}

Task<bool> SmtpWire::ask(std::string_view stage, std::string line, SmtpReply& reply) {
    line += "\r\n";
    bool good = co_await write(stage, line);
    if (good) good = co_await read_reply(stage, reply);
    co_return good;
}

// 251 and 252 are a yes to RCPT too.
bool SmtpWire::is_yes(std::string_view stage, int wanted, SmtpReply reply) {
    if (reply.code == wanted || (wanted == 250 && reply.code / 100 == 2)) return true;
    take(stage, std::move(reply));
    return false;
}

Task<bool> SmtpWire::write(std::string_view stage, std::string_view bytes) {
    ErrorCode error;
    std::size_t count = 0;
    const auto buffer = asio::buffer(bytes.data(), bytes.size());
    if (tls_) {
        count = co_await asio::async_write(*tls_, buffer, asio::redirect_error(asio::use_awaitable, error));
    } else {
        count = co_await asio::async_write(socket_, buffer, asio::redirect_error(asio::use_awaitable, error));
    }
    if (!error) co_return true;
    // Some servers say why before they close.
    SmtpReply reply;
    const bool dot_left = std::exchange(reply_.left, false) || count == bytes.size();
    lost(stage, error);
    const MailReply why = reply_;
    bool told = false;
    if (!aborted_ && !timed_out_ && stage == "message" && !dot_left) told = co_await read_reply(stage, reply);
    reply_ = why;
    if (told && !reply.good()) take(stage, std::move(reply));
    reply_.left = dot_left;
    broken_ = true;
    co_return false;
}

Task<bool> SmtpWire::read_reply(std::string_view stage, SmtpReply& reply) {
    for (;;) {
        const auto state = reader_.next(reply);
        if (state == SmtpReader::State::whole) {
            if (reply.code == 421) broken_ = true;
            co_return true;
        }
        if (state == SmtpReader::State::broken) {
            broken_ = true;
            reply_.transport = Transport::closed;
            reply_.stage = stage;
            reply_.text = name() + " answers with something that is not SMTP.";
            co_return false;
        }
        std::array<char, 4096> space;
        ErrorCode error;
        std::size_t count = 0;
        if (tls_) {
            count = co_await tls_->async_read_some(asio::buffer(space),
                                                   asio::redirect_error(asio::use_awaitable, error));
        } else {
            count = co_await socket_.async_read_some(asio::buffer(space),
                                                     asio::redirect_error(asio::use_awaitable, error));
        }
        if (error) co_return lost(stage, error);
        reader_.add({space.data(), count});
    }
}

bool SmtpWire::refuse(std::string_view stage, int code, std::string_view enhanced, std::string text) {
    SmtpReply reply;
    reply.code = code;
    reply.enhanced = enhanced;
    reply.text = std::move(text);
    return take(stage, std::move(reply));
}

bool SmtpWire::take(std::string_view stage, SmtpReply reply) {
    reply_.transport = Transport::ok;
    reply_.stage = stage;
    reply_.code = reply.code;
    reply_.enhanced = std::move(reply.enhanced);
    reply_.text = std::move(reply.text);
    return reply_.code < 300;
}

bool SmtpWire::lost(std::string_view stage, const ErrorCode& error) {
    broken_ = true;
    reply_.transport = timed_out_ ? Transport::timeout : Transport::closed;
    reply_.stage = stage;
    reply_.text = aborted_     ? *aborted_
                  : timed_out_ ? name() + " did not answer in time."
                               : name() + " cut the connection: " + error.message() + ".";
    return false;
}

// ---- the end ----------------------------------------------------------------------------------------------

void SmtpWire::allow(Millis time) {
    drop_timer();
    timer_ = line_.timers.add(std::chrono::steady_clock::now() + time, [this] {
        timer_.reset();
        timed_out_ = true;
        if (const auto dial = std::exchange(dial_, nullptr)) return dial->expire();
        drop_socket();
    });
}

void SmtpWire::drop_timer() {
    if (timer_) line_.timers.cancel(*timer_);
    timer_.reset();
}

void SmtpWire::drop_socket() {
    if (tls_) mark_closed(tls_->native_handle());
    ErrorCode ignored;  // of a socket that is given up
    socket_.close(ignored);
}

std::string SmtpWire::name() const { return peer_->server.host + ":" + std::to_string(peer_->server.port); }

void SmtpWire::abort(std::string text) {
    aborted_ = std::move(text);
    drop_socket();  // the pending write or read ends now, and knows what went out
}

void SmtpWire::close() {
    if (const auto dial = std::exchange(dial_, nullptr)) dial->cancel();
    drop_timer();
    drop_socket();
}

bool SmtpWire::stale() {
    if (unread()) return true;
    char byte = 0;
    const auto got = ::recv(socket_.native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
    return got >= 0 || errno != EAGAIN;
}

}  // namespace dakiya::net
