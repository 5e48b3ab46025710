// Certificates made on the spot: an authority that a client may trust, and what it signs.
#pragma once

#include <memory>
#include <string>

#include <openssl/ssl.h>
#include <openssl/x509.h>

namespace dakiya::net::test {

template <auto free>
struct FreeWith {
    template <class T>
    void operator()(T* object) const {
        free(object);
    }
};
using Key = std::unique_ptr<EVP_PKEY, FreeWith<EVP_PKEY_free>>;
using Certificate = std::unique_ptr<X509, FreeWith<X509_free>>;
using ServerTls = std::unique_ptr<SSL_CTX, FreeWith<SSL_CTX_free>>;

class Authority {
public:
    Authority();
    ~Authority();
    Authority(const Authority&) = delete;
    Authority& operator=(const Authority&) = delete;

    const std::string& file() const { return file_; }  // PEM, in a temporary folder

    // subject_alt_name: "DNS:localhost", "IP:127.0.0.1". until: seconds from now, negative: expired.
    ServerTls serve(const std::string& subject_alt_name, long until = 3600) const;

private:
    Key key_;
    Certificate certificate_;
    std::string file_;
};

ServerTls serve_self_signed(const std::string& subject_alt_name);

}  // namespace dakiya::net::test
