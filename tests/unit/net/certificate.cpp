#include "certificate.hpp"

#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <stdexcept>

namespace dakiya::net::test {
namespace {

void must(bool fine) {
    if (!fine) throw std::runtime_error("OpenSSL cannot make a certificate for the test");
}

Key make_key() { return Key(EVP_EC_gen("P-256")); }

Certificate make_certificate(EVP_PKEY* key, const char* name, long until) {
    static long serial = 1;
    Certificate certificate(X509_new());
    X509* raw = certificate.get();
    X509_set_version(raw, X509_VERSION_3);
    ASN1_INTEGER_set(X509_get_serialNumber(raw), serial++);
    X509_gmtime_adj(X509_getm_notBefore(raw), -7200);
    X509_gmtime_adj(X509_getm_notAfter(raw), until);
    const auto* text = reinterpret_cast<const unsigned char*>(name);
    must(X509_NAME_add_entry_by_txt(X509_get_subject_name(raw), "CN", MBSTRING_ASC, text, -1, -1, 0) == 1);
    must(X509_set_pubkey(raw, key) == 1);
    return certificate;
}

void extend(X509* certificate, int what, const std::string& value) {
    const std::unique_ptr<X509_EXTENSION, FreeWith<X509_EXTENSION_free>> extension(
        X509V3_EXT_conf_nid(nullptr, nullptr, what, value.c_str()));
    must(extension && X509_add_ext(certificate, extension.get(), -1) == 1);
}

void sign(X509* certificate, X509* issuer, EVP_PKEY* key) {
    must(X509_set_issuer_name(certificate, X509_get_subject_name(issuer)) == 1);
    must(X509_sign(certificate, key, EVP_sha256()) > 0);
}

ServerTls serve_with(X509* certificate, EVP_PKEY* key) {
    ServerTls tls(SSL_CTX_new(TLS_server_method()));
    must(SSL_CTX_use_certificate(tls.get(), certificate) == 1 && SSL_CTX_use_PrivateKey(tls.get(), key) == 1);
    return tls;
}

}  // namespace

Authority::Authority()
    : key_(make_key()), certificate_(make_certificate(key_.get(), "Dakiya test authority", 3600)) {
    extend(certificate_.get(), NID_basic_constraints, "critical,CA:TRUE");
    sign(certificate_.get(), certificate_.get(), key_.get());
    file_ = "/tmp/dakiya-ca-XXXXXX";
    const int descriptor = ::mkstemp(file_.data());
    FILE* out = ::fdopen(descriptor, "w");
    must(out != nullptr && PEM_write_X509(out, certificate_.get()) == 1);
    std::fclose(out);
}

Authority::~Authority() { ::unlink(file_.c_str()); }

ServerTls Authority::serve(const std::string& subject_alt_name, long until) const {
    const Key key = make_key();
    const Certificate certificate = make_certificate(key.get(), "server", until);
    extend(certificate.get(), NID_subject_alt_name, subject_alt_name);
    sign(certificate.get(), certificate_.get(), key_.get());
    return serve_with(certificate.get(), key.get());
}

ServerTls serve_self_signed(const std::string& subject_alt_name) {
    const Key key = make_key();
    const Certificate certificate = make_certificate(key.get(), "server", 3600);
    extend(certificate.get(), NID_subject_alt_name, subject_alt_name);
    sign(certificate.get(), certificate.get(), key.get());
    return serve_with(certificate.get(), key.get());
}

}  // namespace dakiya::net::test
