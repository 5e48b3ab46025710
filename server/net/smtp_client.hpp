// The mail client: one loop thread, connections that are used again, SMTP over TCP and TLS (RFC 5321, 3207,
// 8314, 4954, 2920, 1870, 6152, 6531, 2034, 3461).
#pragma once

#include <memory>
#include <string>

#include "net/guard.hpp"
#include "net/mail.hpp"
#include "net/smtp_session.hpp"

namespace dakiya::net {

struct SmtpOptions {
    Millis idle{20'000};  // an unused connection is closed after this
    SmtpTimes times;
    std::string ca_file;  // PEM, trusted in addition to the system's store
    GuardOptions guard;
};

class SmtpClient final : public MailClient {
public:
    // Throws std::runtime_error when ca_file cannot be read.
    explicit SmtpClient(SmtpOptions options);
    // Ends what is under way as Transport::closed and joins the thread. Not on the client's own thread.
    ~SmtpClient() override;
    SmtpClient(const SmtpClient&) = delete;
    SmtpClient& operator=(const SmtpClient&) = delete;

    void send(MailRequest request, Done done) override;

private:
    class Pools;
    std::unique_ptr<Pools> pools_;
};

}  // namespace dakiya::net
