#include <utility>  // Boost 1.74's awaitable.hpp uses std::exchange and does not include this

#include "net/smtp_session.hpp"

#include <sys/socket.h>

#include <array>
#include <cerrno>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

#include "dakiya/encoding.hpp"

namespace dakiya::net {
namespace {

// g++ 12.2 resumes dead frames when a co_await stands inside &&, || or a condition: here each is a statement
// of its own.

namespace asio = boost::asio;
using Security = MailServer::Security;

// So much of the message at once: over TLS nobody can say how much of a failed write went out, so the final
// dot should not share it with much else.
constexpr std::size_t piece = 64U << 10U;

}  // namespace

SmtpSession::SmtpSession(const Shared& shared, std::shared_ptr<Peer> peer, Owner& owner)
    : shared_(shared), peer_(std::move(peer)), owner_(&owner), socket_(shared.line.io) {}

void SmtpSession::open() { spawn(open_up()); }

void SmtpSession::run(MailJobs one) {
    job_ = std::move(one);
    reply_ = {};
    spawn(carry());
}

void SmtpSession::leave() {
    owner_ = nullptr;
    spawn(say_goodbye());
}

void SmtpSession::spawn(Task<void> conversation) {
    asio::co_spawn(shared_.line.io, std::move(conversation),
                   [self = shared_from_this()](const std::exception_ptr& thrown) {
                       if (thrown) std::rethrow_exception(thrown);
                   });
}

void SmtpSession::abort(std::string text) {
    aborted_ = std::move(text);
    drop_socket();  // the pending write or read ends now, and knows what went out
}

void SmtpSession::close() {
    owner_ = nullptr;
    if (const auto dial = std::exchange(dial_, nullptr)) dial->cancel();
    drop_timer();
    drop_socket();
}

bool SmtpSession::stale() {
    if (!reader_.empty()) return true;
    char byte = 0;
    const auto got = ::recv(socket_.native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
    return got >= 0 || errno != EAGAIN;
}

// ---- opening ----------------------------------------------------------------------------------------------

SmtpSession::Task<void> SmtpSession::open_up() {
    allow(shared_.times.open);
    bool signed_in = co_await connect();
    if (signed_in) signed_in = co_await sign_in_from_greeting();
    if (!owner_) co_return;  // given up meanwhile
    Owner* const owner = owner_;
    if (signed_in) {
        drop_timer();
        owner->opened(*this);
    } else {
        close();
        owner->open_failed(*this, std::exchange(reply_, {}));
    }
}

SmtpSession::Task<bool> SmtpSession::connect() {
    const MailServer& server = peer_->server;
    dial_ = std::make_shared<Dial>(shared_.line, Dial::To{server.host, name(), server.port, true});
    auto why = Transport::ok;
    std::string text;
    co_await asio::async_initiate<const asio::use_awaitable_t<>&, void()>(
        [&](auto handler) {
            const auto kept = std::make_shared<decltype(handler)>(std::move(handler));
            const Steady by = std::chrono::steady_clock::now() + shared_.times.open;
            dial_->start(by, [&why, &text, kept, self = shared_from_this()](Transport ended, std::string said,
                                                                            tcp::socket socket) {
                why = ended;
                text = std::move(said);
                self->socket_ = std::move(socket);
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

SmtpSession::Task<bool> SmtpSession::sign_in_from_greeting() {
    bool good = true;
    if (peer_->server.security == Security::tls) good = co_await handshake();
    if (good) good = co_await answer("connect", 220);
    if (good) good = co_await hello();
    if (good && peer_->server.security == Security::starttls) {
        good = co_await upgrade();
        if (good) good = co_await hello();
    }
    if (good && !peer_->server.user.empty()) good = co_await sign_in();
    co_return good;
}

SmtpSession::Task<bool> SmtpSession::handshake() {
    const std::string_view stage = peer_->server.security == Security::tls ? "connect" : "starttls";
    tls_.emplace(socket_, shared_.tls);
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

SmtpSession::Task<bool> SmtpSession::hello() {
    SmtpReply reply;
    const bool asked = co_await ask("ehlo", "EHLO " + peer_->server.ehlo, reply);
    if (!asked) co_return false;
    if (reply.code == 250) {
        extensions_ = read_extensions(reply.lines);
        co_return true;
    }
    // RFC 5321 3.2: a server that knows no EHLO has no extensions either.
    const bool ancient = reply.code == 500 || reply.code == 502;
    if (!ancient) co_return take("ehlo", std::move(reply));
    extensions_ = {};
    const bool known = co_await command("ehlo", "HELO " + peer_->server.ehlo, 250);
    co_return known;
}

// RFC 3207. What came in plain text is forgotten, the extensions with it: an attacker may have written it.
SmtpSession::Task<bool> SmtpSession::upgrade() {
    if (!extensions_.starttls)
        co_return refuse("starttls", 502, "5.5.1",
                         "The server does not offer STARTTLS, so nothing was sent in the clear.");
    const bool willing = co_await command("starttls", "STARTTLS", 220);
    if (!willing) co_return false;
    if (!reader_.empty()) {
        closing_ = true;
        co_return refuse("starttls", 554, "5.7.0",
                         "The server said something between its yes to STARTTLS and TLS: somebody may be "
                         "between us.");
    }
    const bool secure = co_await handshake();
    co_return secure;
}

SmtpSession::Task<bool> SmtpSession::sign_in() {
    const MailServer& server = peer_->server;
    const std::string_view name = choose_sign_in(server.auth, tls_.has_value(), extensions_);
    if (name.empty()) {
        std::string offered;
        for (const std::string& one : extensions_.sign_in) offered += (offered.empty() ? "" : ", ") + one;
        co_return refuse("auth", 504, "5.5.4",
                         "The server offers none of the ways to sign in that we may use; it offers " +
                             (offered.empty() ? "none here" : offered) + ".");
    }
    bool good = false;
    if (name == "LOGIN")
        good = co_await sign_in_login();
    else if (name == "CRAM-MD5")
        good = co_await sign_in_cram_md5();
    else
        good = co_await command("auth", "AUTH PLAIN " + plain_response(server.user, server.secret), 235);
    co_return good;
}

SmtpSession::Task<bool> SmtpSession::sign_in_login() {
    bool good = co_await command("auth", "AUTH LOGIN", 334);
    if (good) good = co_await command("auth", base64(peer_->server.user), 334);
    if (good) good = co_await command("auth", base64(peer_->server.secret), 235);
    co_return good;
}

SmtpSession::Task<bool> SmtpSession::sign_in_cram_md5() {
    SmtpReply challenge;
    const bool asked = co_await ask("auth", "AUTH CRAM-MD5", challenge);
    if (!asked) co_return false;
    if (challenge.code != 334) co_return take("auth", std::move(challenge));
    const auto response =
        cram_md5_response(peer_->server.user, peer_->server.secret, challenge.lines.front());
    if (!response)
        co_return refuse("auth", 535, "5.5.2",
                         "CRAM-MD5 cannot be computed: the challenge is not base64, or OpenSSL has no MD5.");
    const bool good = co_await command("auth", *response, 235);
    co_return good;
}

// ---- one message ------------------------------------------------------------------------------------------

SmtpSession::Task<void> SmtpSession::carry() {
    const MailRequest& request = job_.front().request;
    ++carried_;
    allow(shared_.times.command);
    bool clean = true;
    if (dirty_) clean = co_await command("mail", "RSET", 250);
    dirty_ = false;
    if (clean && request.probe)
        co_await probe();
    else if (clean)
        co_await deliver(request);
    drop_timer();
    const auto self = shared_from_this();  // the owner may let go of us
    const bool again = reusable();
    Owner* const owner = owner_;
    if (!again) close();
    owner->finished(*this, std::move(job_), std::exchange(reply_, {}), again);
}

SmtpSession::Task<bool> SmtpSession::probe() {
    const bool awake = co_await command("ready", "NOOP", 250);
    if (!awake) co_return false;
    closing_ = true;
    SmtpReply ready;
    ready.code = 250;
    ready.text = "The server takes mail from us.";
    take("ready", ready);
    const MailReply good = reply_;
    SmtpReply goodbye;  // whatever it says
    co_await ask("ready", "QUIT", goodbye);
    reply_ = good;
    co_return true;
}

// Nobody waits for the answer.
SmtpSession::Task<void> SmtpSession::say_goodbye() {
    co_await write("ready", "QUIT\r\n");
    close();
}

SmtpSession::Task<bool> SmtpSession::deliver(const MailRequest& request) {
    const std::string wire = wire_text(request.message);
    const bool eight_bit = !is_ascii(wire);
    if (extensions_.most_bytes > 0 && wire.size() > extensions_.most_bytes)
        co_return refuse("mail", 552, "5.3.4",
                         "The message has " + std::to_string(wire.size()) + " bytes and the server takes " +
                             std::to_string(extensions_.most_bytes) + ".");
    if (eight_bit && !extensions_.eight_bit)
        co_return refuse("mail", 554, "5.6.3", "The server takes 7-bit messages only.");
    if (!extensions_.utf8 && !(is_ascii(request.from) && is_ascii(request.to)))
        co_return refuse("mail", 553, "5.6.7", "The server takes addresses in ASCII only.");
    bool good = co_await envelope(request, wire.size(), eight_bit);
    if (!good) co_return false;
    allow(shared_.times.message);
    good = co_await message(request, wire);
    co_return good;
}

// MAIL, RCPT and DATA, up to the server's "go ahead".
SmtpSession::Task<bool> SmtpSession::envelope(const MailRequest& request, std::size_t bytes, bool eight_bit) {
    const std::string mail = mail_command(request, extensions_, bytes, eight_bit);
    const std::string rcpt = rcpt_command(request, extensions_);
    bool good = false;
    if (extensions_.pipelining) {
        good = co_await envelope_at_once(mail, rcpt);
        co_return good;
    }
    good = co_await command("mail", mail, 250);
    if (!good) co_return false;
    dirty_ = true;
    good = co_await command("rcpt", rcpt, 250);
    if (good) good = co_await command("data", "DATA", 354);
    co_return good;
}

// RFC 2920 3.1: the three commands in one write, their answers in order.
SmtpSession::Task<bool> SmtpSession::envelope_at_once(const std::string& mail, const std::string& rcpt) {
    const std::string commands = mail + "\r\n" + rcpt + "\r\nDATA\r\n";
    SmtpReply to_mail, to_rcpt, to_data;
    bool good = co_await write("mail", commands);
    if (good) good = co_await read_reply("mail", to_mail);
    if (good) good = co_await read_reply("rcpt", to_rcpt);
    if (good) good = co_await read_reply("data", to_data);
    if (!good) co_return false;
    const bool taken = to_mail.good() && to_rcpt.good();
    if (taken && to_data.code == 354) co_return true;
    dirty_ = to_data.code != 354;
    if (!to_mail.good()) {
        take("mail", std::move(to_mail));
    } else if (!to_rcpt.good()) {
        take("rcpt", std::move(to_rcpt));
    } else {
        take("data", std::move(to_data));
    }
    if (to_data.code != 354) co_return false;
    // It waits for a message that it has no recipient for: an empty one, which it refuses.
    const MailReply why = reply_;
    SmtpReply ignored;
    const bool intact = co_await ask("data", ".", ignored);
    closing_ = closing_ || !intact;
    reply_ = why;
    co_return false;
}

// Until the final dot has left, a server must forget what it got (RFC 5321 4.1.1.4); after it, only its
// answer tells what happened.
SmtpSession::Task<bool> SmtpSession::message(const MailRequest& request, std::string_view wire) {
    dirty_ = true;
    closing_ = true;  // until all of it is there
    while (wire.size() > piece) {
        const bool written = co_await write("message", wire.substr(0, piece));
        if (!written) co_return false;
        wire.remove_prefix(piece);
    }
    if (request.not_after && std::chrono::steady_clock::now() >= *request.not_after) {
        reply_.transport = Transport::refused;
        reply_.untried = true;
        reply_.stage = "message";
        reply_.text = "The time in which the message might be sent is over.";
        co_return false;
    }
    reply_.left = tls_.has_value();
    const bool written = co_await write("message", wire);
    if (!written) co_return false;
    reply_.left = true;
    allow(shared_.times.finish);
    SmtpReply reply;
    const bool told = co_await read_reply("message", reply);
    if (!told) co_return false;
    closing_ = reply.code == 421;
    dirty_ = false;
    co_return take("message", std::move(reply));
}

// ---- the wire ---------------------------------------------------------------------------------------------

SmtpSession::Task<bool> SmtpSession::command(std::string_view stage, std::string line, int wanted) {
    SmtpReply reply;
    const bool asked = co_await ask(stage, std::move(line), reply);
    co_return asked&& is_yes(stage, wanted, std::move(reply));
}

SmtpSession::Task<bool> SmtpSession::answer(std::string_view stage, int wanted) {
    SmtpReply reply;
    const bool told = co_await read_reply(stage, reply);
    co_return told&& is_yes(stage, wanted, std::move(reply));
}

SmtpSession::Task<bool> SmtpSession::ask(std::string_view stage, std::string line, SmtpReply& reply) {
    line += "\r\n";
    bool good = co_await write(stage, line);
    if (good) good = co_await read_reply(stage, reply);
    co_return good;
}

// 251 and 252 are a yes to RCPT too.
bool SmtpSession::is_yes(std::string_view stage, int wanted, SmtpReply reply) {
    if (reply.code == wanted || (wanted == 250 && reply.code / 100 == 2)) return true;
    take(stage, std::move(reply));
    return false;
}

SmtpSession::Task<bool> SmtpSession::write(std::string_view stage, std::string_view bytes) {
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
    closing_ = true;
    co_return false;
}

SmtpSession::Task<bool> SmtpSession::read_reply(std::string_view stage, SmtpReply& reply) {
    for (;;) {
        const auto state = reader_.next(reply);
        if (state == SmtpReader::State::whole) {
            if (reply.code == 421) closing_ = true;
            co_return true;
        }
        if (state == SmtpReader::State::broken) {
            closing_ = true;
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

// What the server would say, said by us.
bool SmtpSession::refuse(std::string_view stage, int code, std::string_view enhanced, std::string text) {
    SmtpReply reply;
    reply.code = code;
    reply.enhanced = enhanced;
    reply.text = std::move(text);
    return take(stage, std::move(reply));
}

// The answer that ends this; true when it is a yes.
bool SmtpSession::take(std::string_view stage, SmtpReply reply) {
    reply_.transport = Transport::ok;
    reply_.stage = stage;
    reply_.code = reply.code;
    reply_.enhanced = std::move(reply.enhanced);
    reply_.text = std::move(reply.text);
    return reply_.code < 300;
}

bool SmtpSession::lost(std::string_view stage, const ErrorCode& error) {
    closing_ = true;
    reply_.transport = timed_out_ ? Transport::timeout : Transport::closed;
    reply_.stage = stage;
    reply_.text = aborted_     ? *aborted_
                  : timed_out_ ? name() + " did not answer in time."
                               : name() + " cut the connection: " + error.message() + ".";
    return false;
}

bool SmtpSession::reusable() const { return !closing_ && !aborted_ && !timed_out_; }

// From now on. When the time is over the socket goes, and whatever waits for it ends.
void SmtpSession::allow(Millis time) {
    drop_timer();
    timer_ = shared_.line.timers.add(std::chrono::steady_clock::now() + time, [this] {
        timer_.reset();
        timed_out_ = true;
        if (const auto dial = std::exchange(dial_, nullptr)) return dial->expire();
        drop_socket();
    });
}

void SmtpSession::drop_timer() {
    if (timer_) shared_.line.timers.cancel(*timer_);
    timer_.reset();
}

void SmtpSession::drop_socket() {
    if (tls_) mark_closed(tls_->native_handle());
    ErrorCode ignored;  // of a socket that is given up
    socket_.close(ignored);
}

std::string SmtpSession::name() const {
    return peer_->server.host + ":" + std::to_string(peer_->server.port);
}

}  // namespace dakiya::net
