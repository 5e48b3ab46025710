#include <utility>  // Boost 1.74's awaitable.hpp uses std::exchange and does not include this

#include "net/smtp_session.hpp"

#include <boost/asio/co_spawn.hpp>

#include "net/smtp_greeting.hpp"

namespace dakiya::net {
namespace {

// So much of the message at once: over TLS nobody can say how much of a failed write went out, so the final
// dot should not share it with much else.
constexpr std::size_t piece = 64U << 10U;

}  // namespace

SmtpSession::SmtpSession(const Shared& shared, std::shared_ptr<Peer> peer, Owner& owner)
    : shared_(shared), wire_(shared.line, shared.tls, std::move(peer)), owner_(&owner) {}

void SmtpSession::open() { spawn(open_up()); }

void SmtpSession::run(MailJobs one) {
    job_ = std::move(one);
    wire_.reply() = {};
    spawn(carry());
}

void SmtpSession::leave() {
    owner_ = nullptr;
    spawn(say_goodbye());
}

void SmtpSession::spawn(Task<void> conversation) {
    boost::asio::co_spawn(shared_.line.io, std::move(conversation),
                          [self = shared_from_this()](const std::exception_ptr& thrown) {
                              if (thrown) std::rethrow_exception(thrown);
                          });
}

void SmtpSession::close() {
    owner_ = nullptr;
    wire_.close();
}

Task<void> SmtpSession::open_up() {
    wire_.allow(shared_.times.open);
    bool good = co_await wire_.connect(shared_.times.open);
    if (good) good = co_await greet(wire_, extensions_);
    if (!owner_) co_return;  // given up meanwhile
    Owner* const owner = owner_;
    if (good) {
        wire_.drop_timer();
        owner->opened(*this);
    } else {
        close();
        owner->open_failed(*this, wire_.take_reply());
    }
}

Task<void> SmtpSession::carry() {
    const MailRequest& request = job_.front().request;
    ++carried_;
    wire_.allow(shared_.times.command);
    bool clean = true;
    if (dirty_) clean = co_await wire_.command("mail", "RSET", 250);
    dirty_ = false;
    if (clean && request.probe)
        co_await probe();
    else if (clean)
        co_await deliver(request);
    wire_.drop_timer();
    const auto self = shared_from_this();  // the owner may let go of us
    const bool again = !closing_ && !wire_.broken();
    Owner* const owner = owner_;
    if (!again) close();
    owner->finished(*this, std::move(job_), wire_.take_reply(), again);
}

Task<bool> SmtpSession::probe() {
    const bool awake = co_await wire_.command("ready", "NOOP", 250);
    if (!awake) co_return false;
    closing_ = true;
    SmtpReply ready;
    ready.code = 250;
    ready.text = "The server takes mail from us.";
    wire_.take("ready", ready);
    const MailReply good = wire_.reply();
    SmtpReply goodbye;  // whatever it says
    co_await wire_.ask("ready", "QUIT", goodbye);
    wire_.reply() = good;
    co_return true;
}

// Nobody waits for the answer.
Task<void> SmtpSession::say_goodbye() {
    co_await wire_.write("ready", "QUIT\r\n");
    close();
}

Task<bool> SmtpSession::deliver(const MailRequest& request) {
    const std::string text = wire_text(request.message);
    const bool eight_bit = !is_ascii(text);
    if (extensions_.most_bytes > 0 && text.size() > extensions_.most_bytes)
        co_return wire_.refuse("mail", 552, "5.3.4",
                               "The message has " + std::to_string(text.size()) +
                                   " bytes and the server takes " + std::to_string(extensions_.most_bytes) +
                                   ".");
    if (eight_bit && !extensions_.eight_bit)
        co_return wire_.refuse("mail", 554, "5.6.3", "The server takes 7-bit messages only.");
    if (!extensions_.utf8 && !(is_ascii(request.from) && is_ascii(request.to)))
        co_return wire_.refuse("mail", 553, "5.6.7", "The server takes addresses in ASCII only.");
    bool good = co_await envelope(request, text.size(), eight_bit);
    if (!good) co_return false;
    wire_.allow(shared_.times.message);
    good = co_await message(request, text);
    co_return good;
}

// MAIL, RCPT and DATA, up to the server's "go ahead".
Task<bool> SmtpSession::envelope(const MailRequest& request, std::size_t bytes, bool eight_bit) {
    const std::string mail = mail_command(request, extensions_, bytes, eight_bit);
    const std::string rcpt = rcpt_command(request, extensions_);
    bool good = false;
    if (extensions_.pipelining) {
        good = co_await envelope_at_once(mail, rcpt);
        co_return good;
    }
    good = co_await wire_.command("mail", mail, 250);
    if (!good) co_return false;
    dirty_ = true;
    good = co_await wire_.command("rcpt", rcpt, 250);
    if (good) good = co_await wire_.command("data", "DATA", 354);
    co_return good;
}

// RFC 2920 3.1: the three commands in one write, their answers in order.
Task<bool> SmtpSession::envelope_at_once(const std::string& mail, const std::string& rcpt) {
    const std::string commands = mail + "\r\n" + rcpt + "\r\nDATA\r\n";
    SmtpReply to_mail, to_rcpt, to_data;
    bool good = co_await wire_.write("mail", commands);
    if (good) good = co_await wire_.read_reply("mail", to_mail);
    if (good) good = co_await wire_.read_reply("rcpt", to_rcpt);
    if (good) good = co_await wire_.read_reply("data", to_data);
    if (!good) co_return false;
    const bool taken = to_mail.good() && to_rcpt.good();
    if (taken && to_data.code == 354) co_return true;
    dirty_ = to_data.code != 354;
    if (!to_mail.good()) {
        wire_.take("mail", std::move(to_mail));
    } else if (!to_rcpt.good()) {
        wire_.take("rcpt", std::move(to_rcpt));
    } else {
        wire_.take("data", std::move(to_data));
    }
    if (to_data.code != 354) co_return false;
    // It waits for a message that it has no recipient for: an empty one, which it refuses.
    const MailReply why = wire_.reply();
    SmtpReply ignored;
    co_await wire_.ask("data", ".", ignored);
    wire_.reply() = why;
    co_return false;
}

// Until the final dot has left, a server must forget what it got (RFC 5321 4.1.1.4); after it, only its
// answer tells what happened.
Task<bool> SmtpSession::message(const MailRequest& request, std::string_view text) {
    dirty_ = true;
    closing_ = true;  // until all of it is there
    while (text.size() > piece) {
        const bool written = co_await wire_.write("message", text.substr(0, piece));
        if (!written) co_return false;
        text.remove_prefix(piece);
    }
    if (request.not_after && std::chrono::steady_clock::now() >= *request.not_after) {
        MailReply& reply = wire_.reply();
        reply.transport = Transport::refused;
        reply.untried = true;
        reply.stage = "message";
        reply.text = "The time in which the message might be sent is over.";
        co_return false;
    }
    wire_.reply().left = wire_.secure();
    const bool written = co_await wire_.write("message", text);
    if (!written) co_return false;
    wire_.reply().left = true;
    wire_.allow(shared_.times.finish);
    SmtpReply reply;
    const bool told = co_await wire_.read_reply("message", reply);
    if (!told) co_return false;
    closing_ = false;
    dirty_ = false;
    co_return wire_.take("message", std::move(reply));
}

}  // namespace dakiya::net
