#include "server.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <stdexcept>

namespace dakiya::net::test {
namespace {

int listen_somewhere(std::uint16_t& port) {
    const int listener = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* raw = reinterpret_cast<sockaddr*>(&address);
    if (::bind(listener, raw, size) != 0 || ::listen(listener, 1024) != 0 ||
        ::getsockname(listener, raw, &size) != 0)
        throw std::runtime_error("the test server cannot listen on 127.0.0.1");
    port = ntohs(address.sin_port);
    return listener;
}

std::size_t content_length(std::string_view head) {
    constexpr std::string_view name = "\r\ncontent-length: ";
    const auto at = head.find(name);
    return at == head.npos ? 0 : std::strtoul(head.data() + at + name.size(), nullptr, 10);
}

}  // namespace

long Peer::read_some(char* space, std::size_t size) {
    if (ssl_) return SSL_read(ssl_, space, static_cast<int>(size));
    return ::recv(socket_, space, size, 0);
}

std::string Peer::read_request() {
    std::size_t whole = std::string::npos;
    while (whole > unread_.size()) {
        const auto head_end = unread_.find("\r\n\r\n");
        if (head_end != std::string::npos) {
            whole = head_end + 4 + content_length(unread_.substr(0, head_end + 2));
            if (whole <= unread_.size()) break;
        }
        char space[16384];
        const long count = read_some(space, sizeof space);
        if (count <= 0) return {};
        unread_.append(space, static_cast<std::size_t>(count));
    }
    std::string request = unread_.substr(0, whole);
    unread_.erase(0, whole);
    return request;
}

std::string Peer::read_line() { return read_until("\r\n"); }

std::string Peer::read_message() {
    unread_.insert(0, "\r\n");  // an empty message is the dot alone
    const std::string text = read_until("\r\n.\r\n");
    return text.substr(std::min<std::size_t>(2, text.size()));
}

std::string Peer::read_until(std::string_view mark) {
    std::size_t end = 0;
    while ((end = unread_.find(mark)) == std::string::npos) {
        char space[16384];
        const long count = read_some(space, sizeof space);
        if (count <= 0) return {};
        unread_.append(space, static_cast<std::size_t>(count));
    }
    std::string text = unread_.substr(0, end);
    unread_.erase(0, end + mark.size());
    return text;
}

void Peer::start_tls(SSL_CTX* tls) {
    started_.reset(SSL_new(tls));
    SSL_set_fd(started_.get(), socket_);
    if (SSL_accept(started_.get()) == 1) ssl_ = started_.get();
}

void Peer::send(std::string_view bytes) {
    while (!bytes.empty()) {
        const long count = ssl_ ? SSL_write(ssl_, bytes.data(), static_cast<int>(bytes.size()))
                                : ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (count <= 0) return;  // the client has gone, which some tests want
        bytes.remove_prefix(static_cast<std::size_t>(count));
    }
}

void Peer::send_reply(std::string_view body, std::string_view more_headers) {
    send("HTTP/1.1 200 OK\r\ncontent-length: " + std::to_string(body.size()) + "\r\n" +
         std::string(more_headers) + "\r\n" + std::string(body));
}

void Peer::end_tls() { SSL_shutdown(ssl_); }

void Peer::cut() { ::shutdown(socket_, SHUT_RDWR); }

void Peer::reset() {
    const linger at_once{1, 0};
    ::setsockopt(socket_, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
}

void Peer::wait_closed() {
    char space[4096];
    while (read_some(space, sizeof space) > 0) {
    }
}

Server::Server(Script script, SSL_CTX* tls)
    : script_(std::move(script)), tls_(tls), listener_(listen_somewhere(port_)) {
    std::signal(SIGPIPE, SIG_IGN);  // SSL_write has no flag against it
    acceptor_ = std::jthread([this] { accept_all(); });
}

Server::~Server() {
    ending_ = true;
    ::shutdown(listener_, SHUT_RDWR);
    acceptor_.join();
    {
        const std::lock_guard lock(mutex_);
        for (const int socket : sockets_) ::shutdown(socket, SHUT_RDWR);
    }
    threads_.clear();
    ::close(listener_);
}

std::string Server::url(std::string_view path, std::string_view host) const {
    return (tls_ ? "https://" : "http://") + std::string(host) + ":" + std::to_string(port_) +
           std::string(path);
}

void Server::accept_all() {
    while (!ending_) {
        const int socket = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
        if (socket < 0) return;
        const int on = 1;
        ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        ++accepted_;
        const std::lock_guard lock(mutex_);
        sockets_.push_back(socket);
        threads_.emplace_back([this, socket] { serve(socket); });
    }
}

void Server::serve(int socket) {
    SSL* ssl = nullptr;
    bool ready = true;
    if (tls_) {
        ssl = SSL_new(tls_);
        SSL_set_fd(ssl, socket);
        ready = SSL_accept(ssl) == 1;
    }
    if (ready) {
        Peer peer(socket, ssl);
        script_(peer);
    }
    SSL_free(ssl);
    const std::lock_guard lock(mutex_);
    std::erase(sockets_, socket);
    ::close(socket);
}

std::uint16_t closed_port() {
    std::uint16_t port = 0;
    ::close(listen_somewhere(port));
    return port;
}

}  // namespace dakiya::net::test
