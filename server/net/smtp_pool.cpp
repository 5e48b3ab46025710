#include <utility>  // Boost 1.74's awaitable.hpp uses std::exchange and does not include this

#include "net/smtp_pool.hpp"

#include <algorithm>

namespace dakiya::net {
namespace {

constexpr std::size_t most_waiting = 100'000;  // in each lane

MailReply ended(Transport why, std::string text) {
    MailReply reply;
    reply.transport = why;
    reply.stage = "connect";
    reply.text = std::move(text);
    return reply;
}

MailReply untried(std::string text) {
    MailReply reply = ended(Transport::refused, std::move(text));
    reply.untried = true;
    return reply;
}

// A connection that rested may have been closed at the server's end in this moment: nothing was said about
// the message, so another connection may take it.
bool found_dead(const SmtpSession& session, const MailReply& reply) {
    const bool gone = reply.transport == Transport::closed || reply.code == 421;
    return session.used() && gone && reply.stage == "mail";
}

}  // namespace

SmtpPool::SmtpPool(const SmtpSession::Shared& shared, const MailServer& server, Millis idle)
    : shared_(shared),
      peer_(std::make_shared<SmtpSession::Peer>(SmtpSession::Peer{server, {}})),
      idle_time_(idle) {}

void SmtpPool::add(MailJobs one) {
    MailJobs& queue = of(one.front().request.lane);
    if (queue.size() >= most_waiting)
        return end(std::move(one), untried("Too many messages wait for this mail server already."));
    queue.splice(queue.end(), one);
    pump();
}

const MailJobs* SmtpPool::next() const {
    for (const MailJobs& queue : waiting_)
        if (!queue.empty()) return &queue;
    return nullptr;
}

std::size_t SmtpPool::waiting() const {
    std::size_t sum = 0;
    for (const MailJobs& queue : waiting_) sum += queue.size();
    return sum;
}

// Brings waiting messages and unused connections together.
void SmtpPool::pump() {
    fail_expired();
    while (const MailJobs* const queue = next()) {
        const Session session = idle_session();
        if (!session) break;
        session->run(take(of(queue->front().request.lane)));
    }
    while (!stopped_ && opening_ < waiting() && sessions_.size() < peer_->server.connections) {
        ++opening_;
        sessions_.push_back(std::make_shared<SmtpSession>(shared_, peer_, *this));
        sessions_.back()->open();
    }
}

// A lease that ended means that somebody else may be sending the same message by now.
void SmtpPool::fail_expired() {
    const auto now = std::chrono::steady_clock::now();
    for (MailJobs& queue : waiting_)
        while (!queue.empty() && queue.front().request.not_after && now >= *queue.front().request.not_after)
            end(take(queue), untried("No connection to the mail server was free in time."));
}

SmtpPool::Session SmtpPool::idle_session() {
    while (!idle_.empty()) {
        const Session session = std::move(idle_.back());
        idle_.pop_back();
        if (!session->stale()) return session;
        session->close();
        remove(*session);
    }
    return nullptr;
}

void SmtpPool::opened(SmtpSession& session) {
    --opening_;
    session.idle_since = std::chrono::steady_clock::now();
    idle_.push_back(session.shared_from_this());
    pump();
}

// Each failed attempt ends one message, the one whose turn it was; the others get attempts of their own.
void SmtpPool::open_failed(SmtpSession& session, MailReply reply) {
    --opening_;
    remove(session);
    if (const MailJobs* const queue = next()) end(take(of(queue->front().request.lane)), std::move(reply));
    pump();
}

void SmtpPool::finished(SmtpSession& session, MailJobs one, MailReply reply, bool reusable) {
    if (reusable && !stopped_) {
        session.idle_since = std::chrono::steady_clock::now();
        idle_.push_back(session.shared_from_this());
    } else {
        if (reusable) session.close();
        remove(session);
    }
    if (!stopped_ && !one.front().again && found_dead(session, reply)) {
        one.front().again = true;
        MailJobs& queue = of(one.front().request.lane);
        queue.splice(queue.begin(), one);
    } else {
        end(std::move(one), std::move(reply));
    }
    pump();
}

MailJobs SmtpPool::take(MailJobs& from) {
    MailJobs one;
    one.splice(one.end(), from, from.begin());
    return one;
}

void SmtpPool::end(MailJobs one, MailReply reply) { one.front().done(std::move(reply)); }

void SmtpPool::remove(const SmtpSession& session) {
    const auto same = [&](const Session& other) { return other.get() == &session; };
    sessions_.erase(std::find_if(sessions_.begin(), sessions_.end(), same));
}

void SmtpPool::sweep(Steady now) {
    fail_expired();
    std::erase_if(idle_, [&](const Session& session) {
        const bool stale = session->stale();
        if (now - session->idle_since < idle_time_ && !stale) return false;
        stale ? session->close() : session->leave();
        remove(*session);
        return true;
    });
}

void SmtpPool::stop() {
    stopped_ = true;
    for (MailJobs& queue : waiting_)
        while (!queue.empty()) end(take(queue), ended(Transport::closed, "The client is shutting down."));
    for (const Session& session : std::exchange(idle_, {})) {
        session->leave();
        remove(*session);
    }
    std::erase_if(sessions_, [](const Session& session) {
        if (session->busy()) {
            session->abort("The client is shutting down.");
            return false;  // until it says that it is finished
        }
        session->close();
        return true;
    });
}

}  // namespace dakiya::net
