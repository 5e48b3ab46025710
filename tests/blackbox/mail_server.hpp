// A mail server that takes everything and keeps it. One thread for each connection.
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
    MailServer();
    ~MailServer();
    MailServer(const MailServer&) = delete;
    MailServer& operator=(const MailServer&) = delete;

    int port() const { return port_; }
    std::vector<Mail> mails() const;

private:
    void accept_all();
    void serve(int socket);

    int listener_ = -1;
    int port_ = 0;
    mutable std::mutex mutex_;
    std::vector<Mail> mails_;
    std::vector<int> sockets_;
    std::vector<std::jthread> threads_;
    std::jthread acceptor_;
};

}  // namespace blackbox
