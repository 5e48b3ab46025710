// The wire to one mail server: commands go out, replies come in. The conversation is made of coroutines on
// the loop thread, so it reads from top to bottom. https://www.rfc-editor.org/rfc/rfc5321
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl.hpp>

#include "net/dial.hpp"
#include "net/mail.hpp"
#include "net/smtp_text.hpp"
#include "net/timers.hpp"
#include "net/tls.hpp"

namespace dakiya::net {

// g++ 12.2 resumes dead frames when a co_await stands inside &&, || or a condition: each is to be a statement
// of its own.
template <class T>
using Task = boost::asio::awaitable<T>;

class SmtpWire {
public:
    struct Peer {
        MailServer server;
        TlsSession session;
    };

    SmtpWire(const Dial::Line& line, boost::asio::ssl::context& tls, std::shared_ptr<Peer> peer);

    // Each says whether to go on; when not, reply() tells why. `stage` is what reply() then names.
    Task<bool> connect(Millis within);
    Task<bool> handshake(std::string_view stage);
    Task<bool> command(std::string_view stage, std::string line, int wanted);
    Task<bool> answer(std::string_view stage, int wanted);
    // As command(), with any answer.
    Task<bool> ask(std::string_view stage, std::string line, SmtpReply& reply);
    Task<bool> write(std::string_view stage, std::string_view bytes);
    Task<bool> read_reply(std::string_view stage, SmtpReply& reply);

    // The answer that ends this; true when it is a yes.
    bool take(std::string_view stage, SmtpReply reply);
    // What the server would say, said by us.
    bool refuse(std::string_view stage, int code, std::string_view enhanced, std::string text);
    // What the conversation came to so far.
    MailReply& reply() { return reply_; }
    MailReply take_reply() { return std::exchange(reply_, {}); }

    // From now on. When the time is over the socket goes, and whatever waits for it ends.
    void allow(Millis time);
    void drop_timer();
    // What is pending ends as `closed`, and knows what went out.
    void abort(std::string text);
    void close();

    const MailServer& server() const { return peer_->server; }
    bool secure() const { return tls_.has_value(); }
    // Did the server say more than was read?
    bool unread() const { return !reader_.empty(); }
    // At rest, did the server close it or say something that nobody asked for (421, before it goes)?
    bool stale();
    // It was cut, took too long, said 421 or nothing that we understand.
    bool broken() const { return broken_ || aborted_ || timed_out_; }

private:
    using tcp = boost::asio::ip::tcp;
    using ErrorCode = boost::system::error_code;

    bool is_yes(std::string_view stage, int wanted, SmtpReply reply);
    bool lost(std::string_view stage, const ErrorCode& error);
    void drop_socket();
    std::string name() const;

    const Dial::Line line_;
    boost::asio::ssl::context& context_;
    const std::shared_ptr<Peer> peer_;
    std::shared_ptr<Dial> dial_;
    tcp::socket socket_;
    std::optional<boost::asio::ssl::stream<tcp::socket&>> tls_;
    SmtpReader reader_;

    MailReply reply_;
    bool broken_ = false;
    bool timed_out_ = false;
    std::optional<std::string> aborted_;
    std::optional<Timers::Handle> timer_;
};

}  // namespace dakiya::net
