// TLS for the client: who is trusted, that the name fits, and sessions that are taken up again.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include <boost/asio/ssl.hpp>

namespace dakiya::net {

// The last session of one origin, for a cheaper handshake next time. [loop thread]
struct TlsSession {
    struct Free {
        void operator()(SSL_SESSION* session) const { SSL_SESSION_free(session); }
    };
    std::unique_ptr<SSL_SESSION, Free> last;
};

// TLS 1.2 or later, certificates checked against the system's store and `ca_file` (may be empty).
// alpn: the one protocol that we offer, such as "http/1.1"; empty: none is negotiated.
// Throws std::runtime_error when the file cannot be used.
boost::asio::ssl::context client_tls(const std::string& ca_file, std::string_view alpn);

// Before the handshake: server name, the name or address that the certificate must carry, and the session
// to take up. `session` must live as long as the SSL object. False: OpenSSL is out of memory.
bool prepare_tls(SSL* ssl, const std::string& host, TlsSession& session);

// Before the connection is dropped: OpenSSL takes a connection without closing alerts for a broken one, and
// its session for one that must not be taken up again.
void mark_closed(SSL* ssl);

// What is wrong with the peer's certificate, or empty when it was not the certificate.
std::string certificate_trouble(const SSL* ssl);

}  // namespace dakiya::net
