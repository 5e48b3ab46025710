#include "mail_server.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <stdexcept>
#include <string_view>

namespace blackbox {

namespace {

// What a connection has brought that nobody has read yet.
class Line {
public:
    explicit Line(int socket) : socket_(socket) {}

    // Up to `mark`, without it; false when the client has gone.
    bool read(std::string_view mark, std::string& text) {
        std::size_t end = 0;
        while ((end = unread_.find(mark)) == std::string::npos) {
            char space[65536];
            const auto count = ::recv(socket_, space, sizeof space, 0);
            if (count <= 0) return false;
            unread_.append(space, static_cast<std::size_t>(count));
        }
        text = unread_.substr(0, end);
        unread_.erase(0, end + mark.size());
        return true;
    }

    void say(std::string_view text) {
        while (!text.empty()) {
            const auto count = ::send(socket_, text.data(), text.size(), MSG_NOSIGNAL);
            if (count <= 0) return;
            text.remove_prefix(static_cast<std::size_t>(count));
        }
    }

private:
    int socket_;
    std::string unread_;
};

}  // namespace

MailServer::MailServer() : listener_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* const raw = reinterpret_cast<sockaddr*>(&address);
    if (::bind(listener_, raw, size) != 0 || ::listen(listener_, 128) != 0 ||
        ::getsockname(listener_, raw, &size) != 0)
        throw std::runtime_error("the mail server cannot listen on 127.0.0.1");
    port_ = ntohs(address.sin_port);
    acceptor_ = std::jthread([this] { accept_all(); });
}

MailServer::~MailServer() {
    ::shutdown(listener_, SHUT_RDWR);
    acceptor_.join();
    {
        const std::lock_guard lock(mutex_);
        for (const int socket : sockets_) ::shutdown(socket, SHUT_RDWR);
    }
    threads_.clear();
    for (const int socket : sockets_) ::close(socket);
    ::close(listener_);
}

std::vector<Mail> MailServer::mails() const {
    const std::lock_guard lock(mutex_);
    return mails_;
}

void MailServer::accept_all() {
    for (;;) {
        const int socket = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
        if (socket < 0) return;
        const int at_once = 1;  // else each reply waits 40 ms for the acknowledgement of the one before
        ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &at_once, sizeof at_once);
        const std::lock_guard lock(mutex_);
        sockets_.push_back(socket);
        threads_.emplace_back([this, socket] { serve(socket); });
    }
}

void MailServer::serve(int socket) {
    Line line(socket);
    line.say("220 mail.example ESMTP\r\n");
    std::string command;
    Mail mail;
    while (line.read("\r\n", command)) {
        const std::string word = command.substr(0, 4);
        if (word == "EHLO") {
            line.say("250-mail.example\r\n250-PIPELINING\r\n250-DSN\r\n250 8BITMIME\r\n");
        } else if (word == "MAIL" || word == "RCPT") {
            (word == "MAIL" ? mail.from : mail.to) = command;
            line.say("250 ok\r\n");
        } else if (word == "DATA") {
            line.say("354 go ahead\r\n");
            if (!line.read("\r\n.\r\n", mail.text)) return;
            {
                const std::lock_guard lock(mutex_);
                mails_.push_back(mail);
            }
            line.say("250 2.0.0 kept\r\n");
        } else {
            line.say(word == "QUIT" ? "221 bye\r\n" : "250 ok\r\n");
        }
    }
}

}  // namespace blackbox
