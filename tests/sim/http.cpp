#include "http.hpp"

#include "text.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/http/basic_parser.hpp>
#include <boost/beast/http/status.hpp>

#include <array>
#include <cstring>
#include <memory>
#include <optional>

namespace sim {
namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using asio::ip::tcp;
using boost::system::error_code;

// Copies what it parses into two strings whose memory is used again for the next request.
class RequestParser : public http::basic_parser<true> {
public:
    RequestParser(std::string& head, std::string& body) : head_(head), body_(body) {
        head_.clear();
        body_.clear();
        eager(true);
        header_limit(16 * 1024);
        body_limit(Server::max_body);
    }

    Request request() const {
        Request request;
        request.method = view(method_);
        request.target = view(target_);
        const std::size_t mark = request.target.find('?');
        request.path = request.target.substr(0, mark);
        if (mark != std::string_view::npos) request.query = request.target.substr(mark + 1);
        request.headers.reserve(fields_.size());
        for (const auto& [name, value] : fields_) request.headers.emplace_back(view(name), view(value));
        request.body = body_;
        return request;
    }

private:
    struct Part {
        std::size_t at = 0;
        std::size_t size = 0;
    };
    using View = boost::beast::string_view;

    Part keep(View text) {
        const Part part{head_.size(), text.size()};
        head_.append(text.data(), text.size());
        return part;
    }
    std::string_view view(Part part) const { return std::string_view(head_).substr(part.at, part.size); }

    void on_request_impl(http::verb, View method, View target, int, error_code&) override {
        method_ = keep(method);
        target_ = keep(target);
    }
    void on_response_impl(int, View, int, error_code&) override {}
    void on_field_impl(http::field, View name, View value, error_code&) override {
        fields_.emplace_back(keep(name), keep(value));
    }
    void on_header_impl(error_code&) override {}
    void on_body_init_impl(const boost::optional<std::uint64_t>& size, error_code&) override {
        if (size) body_.reserve(static_cast<std::size_t>(std::min(*size, Server::max_body)));
    }
    std::size_t on_body_impl(View text, error_code&) override { return append(text); }
    void on_chunk_header_impl(std::uint64_t, View, error_code&) override {}
    std::size_t on_chunk_body_impl(std::uint64_t, View text, error_code&) override { return append(text); }
    void on_finish_impl(error_code&) override {}

    std::size_t append(View text) {
        body_.append(text.data(), text.size());
        return text.size();
    }

    std::string& head_;
    std::string& body_;
    Part method_, target_;
    std::vector<std::pair<Part, Part>> fields_;
};

void append_reply(std::string& out, const Reply& reply, bool keep_alive) {
    const auto reason = http::obsolete_reason(http::int_to_status(static_cast<unsigned>(reply.status)));
    out += "HTTP/1.1 ";
    out += std::to_string(reply.status);
    out += ' ';
    out.append(reason.data(), reason.size());
    out += "\r\nContent-Type: ";
    out += reply.type;
    out += "\r\nContent-Length: ";
    out += std::to_string(reply.body.size());
    out += keep_alive ? "\r\n" : "\r\nConnection: close\r\n";
    out += reply.headers;
    out += "\r\n";
    out += reply.body;
}

class Connection : public std::enable_shared_from_this<Connection> {
public:
    Connection(tcp::socket socket, const Handler& handler)
        : socket_(std::move(socket)), timer_(socket_.get_executor()), handler_(handler) {}

    void start() {
        error_code ignored;  // both only make it faster
        socket_.set_option(tcp::no_delay(true), ignored);
        socket_.non_blocking(true, ignored);
        read();
    }

private:
    void read() {
        if (used_ == in_.size()) return;  // a header that never ends: drop the connection
        socket_.async_read_some(asio::buffer(in_.data() + used_, in_.size() - used_),
                                [self = shared_from_this()](error_code ec, std::size_t n) {
                                    if (ec) return;
                                    self->used_ += n;
                                    self->work();
                                });
    }

    // Answers every whole request in the buffer, then writes all answers at once.
    void work() {
        while (used_ > 0 && !closing_) {
            if (!parser_) parser_.emplace(head_, body_);
            error_code ec;
            const std::size_t eaten = parser_->put(asio::buffer(in_.data(), used_), ec);
            used_ -= eaten;
            std::memmove(in_.data(), in_.data() + eaten, used_);
            if (ec == http::error::need_more && eaten == 0) break;
            if (ec && ec != http::error::need_more) {
                append_reply(out_, {400, R"({"error":"not HTTP: )" + ec.message() + "\"}"}, false);
                closing_ = true;
                break;
            }
            if (!parser_->is_done()) continue;
            const bool keep_alive = parser_->keep_alive();
            const Reply reply = handler_(parser_->request());
            parser_.reset();
            if (reply.cut) {
                cut_ = closing_ = true;
                break;
            }
            append_reply(out_, reply, keep_alive);
            closing_ = !keep_alive;
            if (reply.delay.count() > 0) return later(reply.delay);
        }
        write();
    }

    void later(std::chrono::milliseconds delay) {
        timer_.expires_after(delay);
        timer_.async_wait([self = shared_from_this()](error_code ec) {
            if (!ec) self->work();
        });
    }

    // Most answers fit in the socket's buffer at once, which saves a turn of the loop.
    void write() {
        if (cut_) return close();
        error_code ec;
        const std::size_t n = out_.empty() ? 0 : socket_.write_some(asio::buffer(out_), ec);
        if (ec && ec != asio::error::would_block) return;
        if (n == out_.size()) return written();
        out_.erase(0, n);
        asio::async_write(socket_, asio::buffer(out_),
                          [self = shared_from_this()](error_code failed, std::size_t) {
                              if (!failed) self->written();
                          });
    }

    void written() {
        out_.clear();
        if (closing_) return close();
        read();
    }

    void close() {
        error_code ignored;  // the other side may have closed already
        socket_.shutdown(tcp::socket::shutdown_both, ignored);
        socket_.close(ignored);
    }

    tcp::socket socket_;
    asio::steady_timer timer_;
    const Handler& handler_;
    std::array<char, 32 * 1024> in_;
    std::size_t used_ = 0;
    std::string head_, body_, out_;
    std::optional<RequestParser> parser_;
    bool closing_ = false;
    bool cut_ = false;
};

}  // namespace

std::string_view Request::header(std::string_view name) const {
    for (const auto& [key, value] : headers)
        if (same_word(key, name)) return value;
    return {};
}

std::string_view Request::content_type() const {
    const std::string_view value = header("Content-Type");
    return trim(value.substr(0, value.find(';')));
}

Server::Server(asio::io_context& io, unsigned short port, Handler handler)
    : acceptor_(io, tcp::endpoint(asio::ip::address_v4::loopback(), port)),
      handler_(std::move(handler)),
      port_(acceptor_.local_endpoint().port()) {
    accept();
}

void Server::accept() {
    acceptor_.async_accept([this](error_code ec, tcp::socket socket) {
        if (ec == asio::error::operation_aborted) return;
        if (!ec) std::make_shared<Connection>(std::move(socket), handler_)->start();
        accept();
    });
}

}  // namespace sim
