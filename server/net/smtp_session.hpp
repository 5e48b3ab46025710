// One connection to a mail server: it signs in, then carries one message after the other. The conversation is
// a coroutine on the loop thread, so it reads from top to bottom. https://www.rfc-editor.org/rfc/rfc5321
#pragma once

#include <list>
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

// How long each part of the conversation may take. RFC 5321 4.5.3.2 says what a client should allow a server:
// an answer to the final dot that is not waited for leaves a message in doubt.
struct SmtpTimes {
    Millis open{60'000};      // connecting, TLS and signing in together
    Millis command{300'000};  // each of MAIL, RCPT, DATA and their answers together
    Millis message{300'000};  // the message up to the final dot
    Millis finish{600'000};   // the answer to the final dot
};

// One message on its way: first in a pool's queue, then in a session.
struct MailJob {
    MailRequest request;
    MailClient::Done done;
    bool again = false;  // an old connection was found dead before anything was said about this message
};
using MailJobs = std::list<MailJob>;

class SmtpSession : public std::enable_shared_from_this<SmtpSession> {
public:
    struct Shared {
        Dial::Line line;
        boost::asio::ssl::context& tls;
        const SmtpTimes& times;
    };
    struct Peer {
        MailServer server;
        TlsSession session;
    };

    // Called on the loop thread, never from inside a call to the session.
    class Owner {
    public:
        virtual ~Owner() = default;
        virtual void opened(SmtpSession& session) = 0;
        virtual void open_failed(SmtpSession& session, MailReply reply) = 0;
        // `one` holds the message that is over. Not reusable: the session is closed.
        virtual void finished(SmtpSession& session, MailJobs one, MailReply reply, bool reusable) = 0;
    };

    SmtpSession(const Shared& shared, std::shared_ptr<Peer> peer, Owner& owner);

    void open();
    // `one` holds one message. The session must be open and at rest.
    void run(MailJobs one);
    // What is under way ends as `closed`, with an exact `left`.
    void abort(std::string text);
    // The owner hears nothing more. Not while a message is under way.
    void close();
    // As close(), of one that is open and at rest: says QUIT before.
    void leave();
    bool busy() const { return !job_.empty(); }
    bool used() const { return carried_ > 1; }  // this message is not its first
    // At rest, did the server close it or say something that nobody asked for (421, before it goes)?
    bool stale();

    Steady idle_since{};  // the pool's

private:
    using tcp = boost::asio::ip::tcp;
    using ErrorCode = boost::system::error_code;
    template <class T>
    using Task = boost::asio::awaitable<T>;

    // Each says whether to go on; when not, reply_ tells why.
    Task<void> open_up();
    Task<bool> sign_in_from_greeting();
    Task<bool> connect();
    Task<bool> handshake();
    Task<bool> hello();
    Task<bool> upgrade();
    Task<bool> sign_in();
    Task<bool> sign_in_login();
    Task<bool> sign_in_cram_md5();

    Task<void> carry();
    Task<void> say_goodbye();
    void spawn(Task<void> conversation);
    Task<bool> probe();
    Task<bool> deliver(const MailRequest& request);
    Task<bool> envelope(const MailRequest& request, std::size_t bytes, bool eight_bit);
    Task<bool> envelope_at_once(const std::string& mail, const std::string& rcpt);
    Task<bool> message(const MailRequest& request, std::string_view wire);

    Task<bool> command(std::string_view stage, std::string line, int wanted);
    Task<bool> answer(std::string_view stage, int wanted);
    Task<bool> ask(std::string_view stage, std::string line, SmtpReply& reply);
    Task<bool> write(std::string_view stage, std::string_view bytes);
    Task<bool> read_reply(std::string_view stage, SmtpReply& reply);
    bool is_yes(std::string_view stage, int wanted, SmtpReply reply);
    bool refuse(std::string_view stage, int code, std::string_view enhanced, std::string text);
    bool take(std::string_view stage, SmtpReply reply);
    bool lost(std::string_view stage, const ErrorCode& error);
    bool reusable() const;
    void allow(Millis time);
    void drop_timer();
    void drop_socket();
    std::string name() const;

    Shared shared_;
    std::shared_ptr<Peer> peer_;
    Owner* owner_;
    std::shared_ptr<Dial> dial_;
    tcp::socket socket_;
    std::optional<boost::asio::ssl::stream<tcp::socket&>> tls_;
    SmtpReader reader_;
    SmtpExtensions extensions_;

    MailJobs job_;     // under way
    MailReply reply_;  // what it came to
    std::size_t carried_ = 0;
    bool dirty_ = false;    // the server waits for the rest of a transaction: RSET first
    bool closing_ = false;  // it said 421, or nothing that we understand
    bool timed_out_ = false;
    std::optional<std::string> aborted_;
    std::optional<Timers::Handle> timer_;
};

}  // namespace dakiya::net
