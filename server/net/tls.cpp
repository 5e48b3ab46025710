#include "net/tls.hpp"

#include <openssl/x509v3.h>

#include <stdexcept>
#include <string_view>

#include "net/guard.hpp"

namespace dakiya::net {
namespace {

// Asio keeps SSL's application data for itself.
int session_slot() {
    static const int slot = SSL_get_ex_new_index(0, nullptr, nullptr, nullptr, nullptr);
    return slot;
}

int keep_session(SSL* ssl, SSL_SESSION* session) {
    auto* slot = static_cast<TlsSession*>(SSL_get_ex_data(ssl, session_slot()));
    if (slot == nullptr) return 0;
    slot->last.reset(session);
    return 1;  // the reference is ours now
}

}  // namespace

boost::asio::ssl::context client_tls(const std::string& ca_file, std::string_view alpn) {
    boost::asio::ssl::context context(boost::asio::ssl::context::tls_client);
    SSL_CTX* raw = context.native_handle();
    context.set_verify_mode(boost::asio::ssl::verify_peer);
    context.set_default_verify_paths();
    if (!ca_file.empty()) {
        boost::system::error_code error;
        context.load_verify_file(ca_file, error);
        if (error) throw std::runtime_error("Cannot use the CA file " + ca_file + ": " + error.message());
    }
    // RFC 7301: a list of length-prefixed names.
    std::string names;
    if (!alpn.empty()) names = static_cast<char>(alpn.size()) + std::string(alpn);
    const auto* raw_names = reinterpret_cast<const unsigned char*>(names.data());
    if (SSL_CTX_set_min_proto_version(raw, TLS1_2_VERSION) != 1 ||
        SSL_CTX_set_alpn_protos(raw, raw_names, static_cast<unsigned>(names.size())) != 0)
        throw std::runtime_error("OpenSSL refuses TLS 1.2 or ALPN: check its system-wide configuration.");
    SSL_CTX_set_session_cache_mode(raw, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
    SSL_CTX_sess_set_new_cb(raw, keep_session);
    return context;
}

bool prepare_tls(SSL* ssl, const std::string& host, TlsSession& session) {
    if (parse_address(host)) {  // RFC 6066 3: no server name for addresses
        if (X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), host.c_str()) != 1) return false;
    } else {
        SSL_set_hostflags(ssl, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
        if (SSL_set_tlsext_host_name(ssl, host.c_str()) != 1 || SSL_set1_host(ssl, host.c_str()) != 1)
            return false;
    }
    if (SSL_set_ex_data(ssl, session_slot(), &session) != 1) return false;
    return !session.last || SSL_set_session(ssl, session.last.get()) == 1;
}

void mark_closed(SSL* ssl) { SSL_set_shutdown(ssl, SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN); }

std::string certificate_trouble(const SSL* ssl) {
    const long result = SSL_get_verify_result(ssl);
    return result == X509_V_OK ? std::string() : X509_verify_cert_error_string(result);
}

}  // namespace dakiya::net
