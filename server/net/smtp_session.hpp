// One connection to a mail server: it signs in, then carries one message after the other. [loop thread]
#pragma once

#include <list>
#include <memory>
#include <string>
#include <string_view>

#include "net/smtp_wire.hpp"

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
    using Peer = SmtpWire::Peer;

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
    void abort(std::string text) { wire_.abort(std::move(text)); }
    // The owner hears nothing more. Not while a message is under way.
    void close();
    // As close(), of one that is open and at rest: says QUIT before.
    void leave();
    bool busy() const { return !job_.empty(); }
    bool used() const { return carried_ > 1; }  // this message is not its first
    bool stale() { return wire_.stale(); }      // at rest

    Steady idle_since{};  // the pool's

private:
    Task<void> open_up();
    Task<void> carry();
    Task<void> say_goodbye();
    void spawn(Task<void> conversation);
    // Each says whether to go on; when not, the wire's reply tells why.
    Task<bool> probe();
    Task<bool> deliver(const MailRequest& request);
    Task<bool> envelope(const MailRequest& request, std::size_t bytes, bool eight_bit);
    Task<bool> envelope_at_once(const std::string& mail, const std::string& rcpt);
    Task<bool> message(const MailRequest& request, std::string_view text);

    const Shared shared_;
    SmtpWire wire_;
    Owner* owner_;
    SmtpExtensions extensions_;

    MailJobs job_;  // under way
    std::size_t carried_ = 0;
    bool dirty_ = false;    // the server waits for the rest of a transaction: RSET first
    bool closing_ = false;  // we said QUIT, or are in the middle of a message
};

}  // namespace dakiya::net
