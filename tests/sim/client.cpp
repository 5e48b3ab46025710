#include "client.hpp"

#include "text.hpp"

#include <boost/asio/ip/address.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>

#include <deque>
#include <vector>

namespace sim {

namespace asio = boost::asio;
namespace beast = boost::beast;
using asio::ip::tcp;
using boost::system::error_code;

std::optional<Url> parse_url(std::string_view text) {
    const bool secure = text.starts_with("https://");
    if (!secure && !text.starts_with("http://")) return {};
    const std::size_t host = secure ? 8 : 7;
    text = text.substr(0, text.find('#'));
    const std::size_t slash = std::min(text.find('/', host), text.size());
    Url url;
    url.origin = text.substr(0, slash);
    url.target = slash == text.size() ? "/" : text.substr(slash);
    const std::string_view authority = text.substr(host, slash - host);
    const std::size_t colon = authority.rfind(':');
    url.host = authority.substr(0, colon);
    url.port = secure ? 443 : 80;
    if (colon != std::string_view::npos) {
        const std::string_view port = authority.substr(colon + 1);
        if (!all_digits(port) || port.size() > 5 || std::stoul(std::string(port)) > 65535) return {};
        url.port = static_cast<unsigned short>(std::stoul(std::string(port)));
    }
    if (url.host.empty()) return {};
    return url;
}

// Jobs of one server and the connections that do them.
struct Client::Pool {
    tcp::endpoint endpoint;
    std::deque<Job> jobs;
    std::vector<std::shared_ptr<Line>> idle;
    std::size_t lines = 0;
    std::size_t in_flight = 0;
};

// One connection. Takes jobs of its pool until there is none, then waits among the idle ones.
class Client::Line : public std::enable_shared_from_this<Line> {
public:
    Line(asio::io_context& io, Pool& pool, const Limits& limits)
        : stream_(io), pool_(pool), limits_(limits) {}

    void work() {
        if (pool_.jobs.empty()) return rest();
        job_ = std::move(pool_.jobs.front());
        pool_.jobs.pop_front();
        ++pool_.in_flight;
        stream_.expires_after(limits_.timeout);
        if (stream_.socket().is_open()) return write();
        connect();
    }

private:
    void rest() {
        stream_.expires_never();
        pool_.idle.push_back(shared_from_this());
    }

    void connect() {
        fresh_ = true;
        buffer_.clear();
        stream_.async_connect(pool_.endpoint, [self = shared_from_this()](error_code ec) {
            if (ec) return self->finish({0, "connect: " + ec.message()}, false);
            error_code ignored;  // only makes it faster
            self->stream_.socket().set_option(tcp::no_delay(true), ignored);
            self->write();
        });
    }

    void write() {
        asio::async_write(stream_, asio::buffer(job_.request),
                          [self = shared_from_this()](error_code ec, std::size_t) {
                              if (ec) return self->lost(ec);
                              self->read();
                          });
    }

    void read() {
        parser_.emplace();
        parser_->body_limit(1024 * 1024);
        beast::http::async_read(stream_, buffer_, *parser_,
                                [self = shared_from_this()](error_code ec, std::size_t n) {
                                    if (ec && n == 0) return self->lost(ec);
                                    if (ec) return self->finish({0, "read: " + ec.message()}, false);
                                    Answer answer{static_cast<int>(self->parser_->get().result_int()),
                                                  std::move(self->parser_->get().body())};
                                    self->finish(std::move(answer), self->parser_->get().keep_alive());
                                });
    }

    // A connection that was kept may have been closed by the server meanwhile: that is nobody's failure.
    void lost(error_code ec) {
        const bool again = !fresh_ && ec != beast::error::timeout;
        close();
        if (!again) return finish({0, ec.message()}, false);
        stream_.expires_after(limits_.timeout);
        connect();
    }

    void finish(Answer answer, bool keep) {
        if (!keep) close();
        fresh_ = false;
        --pool_.in_flight;
        const Done done = std::move(job_.done);
        done(std::move(answer));
        work();
    }

    void close() {
        error_code ignored;  // the other side may have closed already
        stream_.socket().close(ignored);
    }

    beast::tcp_stream stream_;
    Pool& pool_;
    const Limits& limits_;
    Job job_;
    beast::flat_buffer buffer_;
    std::optional<beast::http::response_parser<beast::http::string_body>> parser_;
    bool fresh_ = false;
};

Client::Client(asio::io_context& io) : io_(io) {}
Client::~Client() = default;

void Client::set_limits(std::size_t connections, std::chrono::milliseconds timeout) {
    limits_ = {connections, timeout};
}

void Client::send(const Url& url, std::string request, Done done) {
    error_code ec;
    const auto address = asio::ip::make_address(url.host == "localhost" ? "127.0.0.1" : url.host, ec);
    if (ec || !address.is_loopback() || url.origin.starts_with("https://")) {
        asio::post(io_, [done = std::move(done), origin = url.origin] {
            done({0, origin + " is not http on this machine: map it with webhooks.origins"});
        });
        return;
    }
    auto& pool = pools_[url.host + ':' + std::to_string(url.port)];
    if (!pool) {
        pool = std::make_unique<Pool>();
        pool->endpoint = {address, url.port};
    }
    pool->jobs.push_back({std::move(request), std::move(done)});
    std::shared_ptr<Line> line;
    if (!pool->idle.empty()) {
        line = std::move(pool->idle.back());
        pool->idle.pop_back();
    } else if (pool->lines < limits_.connections) {
        ++pool->lines;
        line = std::make_shared<Line>(io_, *pool, limits_);
    }
    if (line) asio::post(io_, [line = std::move(line)] { line->work(); });
}

std::size_t Client::waiting() const {
    std::size_t count = 0;
    for (const auto& [origin, pool] : pools_) count += pool->jobs.size() + pool->in_flight;
    return count;
}

}  // namespace sim
