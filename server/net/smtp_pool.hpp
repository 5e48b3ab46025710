// The connections to one mail server and the messages that wait for one: lane by lane, in order within a
// lane. [loop thread]
#pragma once

#include <array>
#include <memory>
#include <vector>

#include "net/smtp_session.hpp"

namespace dakiya::net {

class SmtpPool final : public SmtpSession::Owner {
public:
    SmtpPool(const SmtpSession::Shared& shared, const MailServer& server, Millis idle);

    // Takes over the message in `one`; its `done` is called exactly once.
    void add(MailJobs one);
    // Ends connections that were unused too long or that the server closed, and messages whose time is over.
    void sweep(Steady now);
    void stop();
    bool unused() const { return sessions_.empty() && !next(); }

private:
    using Session = std::shared_ptr<SmtpSession>;

    void opened(SmtpSession& session) override;
    void open_failed(SmtpSession& session, MailReply reply) override;
    void finished(SmtpSession& session, MailJobs one, MailReply reply, bool reusable) override;

    void pump();
    void fail_expired();
    Session idle_session();
    void remove(const SmtpSession& session);
    static MailJobs take(MailJobs& from);
    static void end(MailJobs one, MailReply reply);

    MailJobs& of(Lane lane) { return waiting_[static_cast<std::size_t>(lane)]; }
    const MailJobs* next() const;  // the lane whose first message goes next; null: nobody waits
    std::size_t waiting() const;

    const SmtpSession::Shared shared_;
    const std::shared_ptr<SmtpSession::Peer> peer_;
    const Millis idle_time_;
    std::array<MailJobs, lane_count> waiting_;
    std::vector<Session> sessions_;  // all that are not closed
    std::vector<Session> idle_;      // the longest unused first
    std::size_t opening_ = 0;
    bool stopped_ = false;
};

}  // namespace dakiya::net
