// Outgoing mail, behind one header so that tests can put a client of their own in place (docs/design.md 8).
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "net/http.hpp"

namespace dakiya::net {

// Who relays the mail, and how we come in. Connections with equal values are shared.
struct MailServer {
    enum class Security { none, starttls, tls };
    // RFC 4954. automatic: PLAIN or LOGIN inside TLS, CRAM-MD5 before them when the line is not encrypted.
    enum class Auth { automatic, plain, login, cram_md5 };

    std::string host;
    std::uint16_t port = 587;
    Security security = Security::starttls;
    Auth auth = Auth::automatic;
    std::string user, secret;     // no user: no authentication
    std::string ehlo;             // how we introduce ourselves: a host name or "[192.0.2.1]"
    std::size_t connections = 5;  // most at once
    bool operator==(const MailServer&) const = default;
};

struct MailRequest {
    MailServer server;
    bool probe = false;               // sign in, NOOP, QUIT; nothing below is used
    std::string from, to;             // the envelope's addresses; `from` may be empty (RFC 5321 4.5.5)
    std::string envelope_id, notify;  // RFC 3461 ENVID and NOTIFY, when the server knows them; or empty
    // The message in pieces, files among them shared by many messages. Any kind of line end; dots are doubled
    // and lines ended by the client.
    std::vector<std::shared_ptr<const std::string>> message;
    std::optional<Steady> not_after;  // the final dot is not sent later: a lease's end
    Lane lane = Lane::single;
};

// What the server said last, or why there is no answer.
struct MailReply {
    Transport transport = Transport::ok;
    bool left = false;     // the final dot may have reached the server: before it nothing was sent
    bool untried = false;  // transport is refused: only because no connection was free in time
    // Where it ended: connect ehlo starttls auth mail rcpt data message; ready for a probe that went well.
    std::string stage;
    int code = 0;          // of the SMTP reply
    std::string enhanced;  // RFC 3463 "5.1.1", or empty
    std::string text;      // of the reply without its codes; or, without one, why, for a person
};

class MailClient {
public:
    using Done = std::function<void(MailReply)>;

    virtual ~MailClient() = default;
    // [any thread] `done` is called once, on the client's own thread, and must not block. A message whose
    // final dot may have left is never repeated by the client.
    virtual void send(MailRequest request, Done done) = 0;
};

}  // namespace dakiya::net
