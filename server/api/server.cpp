#include "api/server.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <mutex>
#include <stdexcept>
#include <string>
#include <system_error>
#include <thread>
#include <unordered_map>
#include <vector>

#include <Poco/Exception.h>
#include <Poco/Net/ServerSocket.h>
#include <Poco/Net/SocketAddress.h>
#include <Poco/Net/StreamSocketImpl.h>
#include <spdlog/spdlog.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/queue.hpp"

namespace dakiya::api {

namespace {

using Next = Connection::Next;
using ConnectionPtr = std::unique_ptr<Connection>;

constexpr int tick_ms = 100;  // how late a time limit may be noticed
constexpr int backlog = 1024;
// Most of them wait for a commit: a webhook is answered when it is durable, and those that wait together
// share one sync. While one half waits, the other half is read and checked for the next.
constexpr int fewest_workers = 64;

class FileDescriptor {
public:
    FileDescriptor(int fd, const char* what) : fd_(fd) {
        if (fd_ < 0) throw std::system_error(errno, std::generic_category(), what);
    }
    ~FileDescriptor() { ::close(fd_); }
    FileDescriptor(const FileDescriptor&) = delete;
    FileDescriptor& operator=(const FileDescriptor&) = delete;
    int get() const { return fd_; }

private:
    int fd_;
};

int worker_count(int wanted) {
    const int cores = static_cast<int>(std::thread::hardware_concurrency());
    return wanted > 0 ? wanted : std::max(fewest_workers, 2 * cores);
}

Poco::Net::ServerSocket listen_on(const std::string& host, std::uint16_t port) try {
    Poco::Net::ServerSocket socket;
    socket.bind(Poco::Net::SocketAddress(host, port), true, false);
    socket.listen(backlog);
    socket.setBlocking(false);
    return socket;
} catch (const Poco::Exception& error) {
    throw std::runtime_error("cannot listen on " + host + ":" + std::to_string(port) +
                             " (server.host and server.port of the settings): " + error.message());
}

}  // namespace

struct Server::State {
    State(Options chosen, Handler& the_handler, const Clock& the_clock)
        : options(std::move(chosen)),
          handler(the_handler),
          clock(the_clock),
          listener(listen_on(options.host, options.port)),
          epoll(::epoll_create1(EPOLL_CLOEXEC), "epoll_create1"),
          bell(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK), "eventfd"),
          port(listener.address().port()),
          jobs(options.connections + 1) {}

    void start() {
        watch(listener.impl()->sockfd(), EPOLLIN, &listener);
        watch(bell.get(), EPOLLIN, &bell);
        parking = std::thread([this] { park(); });
        for (int i = worker_count(options.workers); i > 0; --i) workers.emplace_back([this] { serve(); });
    }

    void watch(int fd, std::uint32_t events, void* tag) const {
        epoll_event event{};
        event.events = events;
        event.data.ptr = tag;
        if (::epoll_ctl(epoll.get(), EPOLL_CTL_ADD, fd, &event) != 0)
            throw std::system_error(errno, std::generic_category(), "epoll_ctl");
    }

    // ---- workers ----

    void serve() {
        while (auto job = jobs.pop()) {
            ConnectionPtr connection = std::move(*job);
            Next next = Next::close;
            try {
                next = connection->work(handler, clock.steady());
            } catch (const std::exception& error) {
                // The answer may be half written: the client must see that it was cut.
                spdlog::error("a request of {} was cut off: {}", connection->peer(), error.what());
            }
            give_back(std::move(connection), next);
        }
    }

    // Those that come together ring once: the parking thread takes all of them.
    void give_back(ConnectionPtr connection, Next next) {
        bool first = false;
        {
            const std::lock_guard lock(mutex);
            first = returned.empty();
            returned.emplace_back(std::move(connection), next);
        }
        if (first) ring();
    }

    void ring() const {
        const std::uint64_t one = 1;
        // It can only fail when the counter is full, and then the bell is ringing anyway.
        [[maybe_unused]] const ssize_t written = ::write(bell.get(), &one, sizeof one);
    }

    // ---- the parking thread: everything below runs there ----

    void park() {
        std::array<epoll_event, 256> events{};
        while (!finished()) {
            const int count =
                ::epoll_wait(epoll.get(), events.data(), static_cast<int>(events.size()), tick_ms);
            for (int i = 0; i < count; ++i) {
                const epoll_event& event = events.at(static_cast<std::size_t>(i));
                if (event.data.ptr == &listener)
                    accept_some();
                else if (event.data.ptr == &bell)
                    silence();
                else
                    wake(static_cast<Connection*>(event.data.ptr), event.events);
            }
            take_returned();
            if (const Steady now = clock.steady(); now - last_sweep >= Millis(tick_ms)) sweep(now);
        }
        for (auto& entry : parked) leave(*entry.second);
        parked.clear();
    }

    bool finished() {
        if (!stopping) return false;
        if (!stop_seen) {
            stop_seen = true;
            ::epoll_ctl(epoll.get(), EPOLL_CTL_DEL, listener.impl()->sockfd(), nullptr);
            listener.close();
            sweep(clock.steady());
        }
        return open == 0 || std::chrono::steady_clock::now() >= stop_at.load();
    }

    void silence() const {
        std::uint64_t rings = 0;
        [[maybe_unused]] const ssize_t got = ::read(bell.get(), &rings, sizeof rings);
    }

    void accept_some() {
        for (int i = 0; i < 64 && !stop_seen; ++i) {
            sockaddr_storage from{};
            socklen_t size = sizeof from;
            const int fd = ::accept4(listener.impl()->sockfd(), reinterpret_cast<sockaddr*>(&from), &size,
                                     SOCK_NONBLOCK | SOCK_CLOEXEC);
            if (fd < 0) {
                // Out of files or memory: the client waits in the backlog until somebody leaves.
                if (errno != EAGAIN && errno != EINTR && errno != ECONNABORTED) pause_accepting();
                return;
            }
            const Poco::Net::StreamSocket socket(new Poco::Net::StreamSocketImpl(fd));  // owns fd
            admit_connection(
                socket, Poco::Net::SocketAddress(reinterpret_cast<sockaddr*>(&from), size).host().toString());
        }
    }

    void admit_connection(Poco::Net::StreamSocket socket, const std::string& peer) {
        const bool proxied =
            std::find(options.proxies.begin(), options.proxies.end(), peer) != options.proxies.end();
        std::size_t& of_peer = per_address[peer];
        const bool too_many = !proxied && of_peer >= options.connections_per_address;
        if (open >= options.connections || too_many) {
            if (of_peer == 0) per_address.erase(peer);
            return;  // closed: whoever holds a thousand connections is not owed a sentence
        }
        ++of_peer;
        ++open;
        socket.setNoDelay(true);
        auto connection = std::make_unique<Connection>(std::move(socket), peer, proxied, options.limits,
                                                       options.spool_folder, clock.steady());
        watch(connection->fd(), 0, connection.get());
        place(std::move(connection), Next::read);
    }

    void pause_accepting() {
        spdlog::error("cannot accept connections for a moment: {}", std::generic_category().message(errno));
        ::epoll_ctl(epoll.get(), EPOLL_CTL_DEL, listener.impl()->sockfd(), nullptr);
        accepting = false;
    }

    // The connection's socket reported something.
    void wake(Connection* which, std::uint32_t events) {
        const auto entry = parked.find(which);
        if (entry == parked.end()) return;
        ConnectionPtr connection = std::move(entry->second);
        parked.erase(entry);
        const Steady now = clock.steady();
        Next next = Next::read;
        if ((events & EPOLLOUT) != 0) {
            next = connection->flush(now);
            if (next == Next::read) next = connection->resume(handler, now);
        } else {
            next = connection->receive(handler, now);
        }
        place(std::move(connection), next);
    }

    void take_returned() {
        std::vector<std::pair<ConnectionPtr, Next>> batch;
        {
            const std::lock_guard lock(mutex);
            batch.swap(returned);
        }
        const Steady now = clock.steady();
        for (auto& [connection, next] : batch) {
            if (next == Next::read) next = connection->resume(handler, now);
            place(std::move(connection), next);
        }
    }

    // One shot: a connection that is with a worker reports nothing, not even that it was cut.
    void place(ConnectionPtr connection, Next next) {
        if (stop_seen) {
            connection->close_after_answer();
            if (next == Next::read && connection->idle()) next = Next::close;
        }
        if (next == Next::close) {
            leave(*connection);
        } else if (next == Next::work) {
            jobs.push(std::move(connection));
        } else {
            epoll_event event{};
            event.events = (next == Next::read ? EPOLLIN : EPOLLOUT) | EPOLLONESHOT;
            event.data.ptr = connection.get();
            ::epoll_ctl(epoll.get(), EPOLL_CTL_MOD, connection->fd(), &event);
            parked.emplace(connection.get(), std::move(connection));
        }
    }

    void leave(const Connection& connection) {
        --open;
        const auto entry = per_address.find(connection.peer());
        if (--entry->second == 0) per_address.erase(entry);
    }

    void sweep(Steady now) {
        last_sweep = now;
        if (!accepting && !stop_seen) {
            accepting = true;
            watch(listener.impl()->sockfd(), EPOLLIN, &listener);
        }
        for (auto entry = parked.begin(); entry != parked.end();) {
            const Connection& connection = *entry->second;
            if (now >= connection.deadline() || (stop_seen && connection.idle())) {
                leave(connection);
                entry = parked.erase(entry);
            } else {
                ++entry;
            }
        }
    }

    const Options options;
    Handler& handler;
    const Clock& clock;
    Poco::Net::ServerSocket listener;
    FileDescriptor epoll, bell;
    const std::uint16_t port;
    Queue<ConnectionPtr> jobs;
    std::thread parking;
    std::vector<std::thread> workers;

    std::mutex mutex;
    std::vector<std::pair<ConnectionPtr, Next>> returned;  // under mutex

    std::unordered_map<Connection*, ConnectionPtr> parked;
    std::unordered_map<std::string, std::size_t> per_address;
    Steady last_sweep;
    bool accepting = true, stop_seen = false;

    std::atomic<std::size_t> open{0};
    std::atomic<bool> stopping{false};
    std::atomic<Steady> stop_at{};
};

Server::Server(Options options, Handler& handler, const Clock& clock)
    : state_(std::make_unique<State>(std::move(options), handler, clock)) {
    state_->start();
}

Server::~Server() { stop(Millis(0)); }

std::uint16_t Server::port() const { return state_->port; }

std::size_t Server::open_connections() const { return state_->open; }

void Server::stop(Millis limit) {
    if (!state_->parking.joinable()) return;
    // Real time on purpose: a clock that stands still must not keep the process from ending.
    state_->stop_at = std::chrono::steady_clock::now() + limit;
    state_->stopping = true;
    state_->ring();
    state_->parking.join();
    state_->jobs.close();
    for (std::thread& worker : state_->workers) worker.join();
}

}  // namespace dakiya::api
