// A server that does exactly what a test tells it to do, wrong things included. Blocking sockets, one thread
// for each connection.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include <openssl/ssl.h>

namespace dakiya::net::test {

// One accepted connection, as its script sees it.
class Peer {
public:
    Peer(int socket, SSL* ssl) : socket_(socket), ssl_(ssl) {}

    // Head and body (by content-length) as they came; empty when the client has closed the connection.
    std::string read_request();
    // A line without its end; empty when the client has closed the connection.
    std::string read_line();
    std::string read_message();    // of SMTP, after DATA: up to the line with the final dot
    void start_tls(SSL_CTX* tls);  // in the middle of it, as STARTTLS does
    void send(std::string_view bytes);
    void send_reply(std::string_view body, std::string_view more_headers = "");
    void end_tls();      // the closing alert
    void cut();          // a plain close
    void reset();        // RST instead of FIN
    void wait_closed();  // until the client closes
    bool resumed() const { return SSL_session_reused(ssl_) == 1; }

private:
    std::string read_until(std::string_view mark);
    long read_some(char* space, std::size_t size);

    int socket_;
    SSL* ssl_;  // null: plain
    std::unique_ptr<SSL, decltype(&SSL_free)> started_{nullptr, &SSL_free};
    std::string unread_;
};

class Server {
public:
    using Script = std::function<void(Peer&)>;

    // Runs `script` for each connection; `tls` may be null and must outlive the server.
    explicit Server(Script script, SSL_CTX* tls = nullptr);
    ~Server();  // cuts what is open and waits for the scripts
    Server(const Server&) = delete;
    Server& operator=(const Server&) = delete;

    std::uint16_t port() const { return port_; }
    std::string url(std::string_view path = "/", std::string_view host = "127.0.0.1") const;
    int accepted() const { return accepted_; }

private:
    void accept_all();
    void serve(int socket);

    Script script_;
    SSL_CTX* tls_;
    std::uint16_t port_ = 0;
    int listener_;  // sets the port
    std::atomic<int> accepted_ = 0;
    std::atomic<bool> ending_ = false;
    std::mutex mutex_;
    std::vector<int> sockets_;
    std::vector<std::jthread> threads_;
    std::jthread acceptor_;
};

// A port on which nothing listens.
std::uint16_t closed_port();

}  // namespace dakiya::net::test
