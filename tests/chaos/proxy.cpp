#include "proxy.hpp"

#include <array>
#include <list>
#include <thread>
#include <utility>

#include <boost/asio.hpp>

namespace chaos {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

namespace {

tcp::endpoint local(int port) { return {asio::ip::address_v4::loopback(), static_cast<std::uint16_t>(port)}; }

// Ends with RST instead of FIN.
void abort(tcp::socket& socket) {
    error_code ignored;  // it may be closed already
    socket.set_option(asio::socket_base::linger(true, 0), ignored);
    socket.close(ignored);
}

}  // namespace

class Proxy::Loop {
public:
    explicit Loop(std::vector<int> targets) : targets_(std::move(targets)), acceptor_(io_, local(0)) {
        accept();
        thread_ = std::thread([this] { io_.run(); });
    }

    ~Loop() {
        asio::post(io_, [this] {
            acceptor_.close();
            reset();
        });
        work_.reset();
        thread_.join();
    }

    int port() const { return acceptor_.local_endpoint().port(); }

    template <class Work>
    void post(Work work) {
        asio::post(io_, std::move(work));
    }

    void reset() {
        for (const auto& link : std::exchange(links_, {})) link->abort();
    }

    void stall(bool on) {
        stalled_ = on;
        if (on) return;
        for (const auto& link : links_) link->go_on();
    }

    void swallow(bool on) { swallowing_ = on; }

private:
    // One client and its connection to a target.
    struct Link : std::enable_shared_from_this<Link> {
        Link(Loop& loop_in, tcp::socket client) : loop(loop_in), near(std::move(client)), far(loop.io_) {}

        void connect(std::size_t left) {
            const int target = loop.targets_[loop.next_++ % loop.targets_.size()];
            far.async_connect(local(target), [self = shared_from_this(), left](error_code error) {
                if (!error) return self->begin();
                self->far = tcp::socket(self->loop.io_);
                if (left <= 1) return self->end();
                self->connect(left - 1);
            });
        }

        void begin() {
            error_code ignored;  // a slower proxy, not a wrong one
            near.set_option(tcp::no_delay(true), ignored);
            far.set_option(tcp::no_delay(true), ignored);
            read(requests);
            read(answers);
        }

        struct Direction {
            tcp::socket& from;
            tcp::socket& to;
            std::array<char, 16'384> bytes{};
            std::size_t held = 0;  // bytes that wait for the end of a stall
        };

        void read(Direction& way) {
            way.from.async_read_some(asio::buffer(way.bytes),
                                     [self = shared_from_this(), &way](error_code error, std::size_t n) {
                                         if (error == asio::error::eof) return self->finish(way);
                                         if (error) return self->end();
                                         self->got(way, n);
                                     });
        }

        void got(Direction& way, std::size_t n) {
            if (&way == &answers && loop.swallowing_) return end();
            if (loop.stalled_)
                way.held = n;
            else
                write(way, n);
        }

        void write(Direction& way, std::size_t n) {
            asio::async_write(way.to, asio::buffer(way.bytes.data(), n),
                              [self = shared_from_this(), &way](error_code error, std::size_t) {
                                  if (error) return self->end();
                                  self->read(way);
                              });
        }

        // One side has said all: the other hears so, and may still answer.
        void finish(Direction& way) {
            error_code ignored;  // it may be gone by now
            way.to.shutdown(tcp::socket::shutdown_send, ignored);
            if (std::exchange(half_closed, true)) leave();
        }

        void go_on() {
            for (Direction* way : {&requests, &answers})
                if (const std::size_t n = std::exchange(way->held, 0); n > 0) got(*way, n);
        }

        void abort() {
            chaos::abort(near);
            chaos::abort(far);
        }

        void end() {
            abort();
            leave();
        }

        void leave() {
            loop.links_.remove_if([this](const auto& link) { return link.get() == this; });
        }

        Loop& loop;
        tcp::socket near, far;
        bool half_closed = false;
        Direction requests{near, far}, answers{far, near};
    };

    void accept() {
        acceptor_.async_accept([this](error_code error, tcp::socket client) {
            if (error == asio::error::operation_aborted) return;
            if (!error) {
                links_.push_back(std::make_shared<Link>(*this, std::move(client)));
                links_.back()->connect(targets_.size());
            }
            accept();
        });
    }

    asio::io_context io_;
    asio::executor_work_guard<asio::io_context::executor_type> work_{io_.get_executor()};
    const std::vector<int> targets_;
    tcp::acceptor acceptor_;
    std::thread thread_;

    // The rest is the thread's own.
    std::list<std::shared_ptr<Link>> links_;
    std::size_t next_ = 0;
    bool stalled_ = false, swallowing_ = false;
};

Proxy::Proxy(std::vector<int> targets) : loop_(std::make_unique<Loop>(std::move(targets))) {}
Proxy::~Proxy() = default;

int Proxy::port() const { return loop_->port(); }
void Proxy::reset() {
    loop_->post([loop = loop_.get()] { loop->reset(); });
}
void Proxy::stall(bool on) {
    loop_->post([loop = loop_.get(), on] { loop->stall(on); });
}
void Proxy::swallow(bool on) {
    loop_->post([loop = loop_.get(), on] { loop->swallow(on); });
}

}  // namespace chaos
