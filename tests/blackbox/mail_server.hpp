// A mail server that takes everything, from whoever may send, and keeps it. One thread for each connection.
#pragma once

#include <cstdint>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace blackbox {

struct Mail {
    std::string from, to;  // the envelope's lines, with their parameters
    std::string text;      // as it came, without the final dot
};

class MailServer {
public:
    // With a user it takes mail only after AUTH CRAM-MD5 (RFC 2195).
    struct Account {
        std::string user, password;
    };
    explicit MailServer(Account account = {});
    ~MailServer();
    MailServer(const MailServer&) = delete;
    MailServer& operator=(const MailServer&) = delete;

    int port() const { return port_; }
    std::vector<Mail> mails() const;

private:
    void accept_all();
    void serve(int socket);

    const Account account_;
    int listener_ = -1;
    int port_ = 0;
    mutable std::mutex mutex_;
    std::vector<Mail> mails_;
    std::vector<int> sockets_;
    std::vector<std::jthread> threads_;
    std::jthread acceptor_;
};

}  // namespace blackbox
