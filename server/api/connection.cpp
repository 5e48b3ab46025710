#include "api/connection.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <ctime>
#include <system_error>

#include <Poco/Net/HTTPResponse.h>
#include <Poco/Net/IPAddress.h>
#include <spdlog/spdlog.h>
#include <sys/socket.h>

#include "base/id.hpp"
#include "base/text.hpp"

namespace dakiya::api {

namespace {

constexpr std::size_t turn_bytes = 256U << 10U;  // read at most this much before others get their turn

std::string http_date() {
    const std::time_t now = std::time(nullptr);
    std::tm parts{};
    gmtime_r(&now, &parts);
    std::array<char, 40> text{};
    return {text.data(), std::strftime(text.data(), text.size(), "%a, %d %b %Y %H:%M:%S GMT", &parts)};
}

// No handler can split an answer in two.
void append_header(std::string& out, std::string_view name, std::string_view value) {
    out.append(name).append(": ");
    for (const char c : value)
        if (c != '\r' && c != '\n' && c != '\0') out += c;
    out.append("\r\n");
}

std::string start_line(int status) {
    using Poco::Net::HTTPResponse;
    return "HTTP/1.1 " + std::to_string(status) + ' ' +
           HTTPResponse::getReasonForStatus(static_cast<HTTPResponse::HTTPStatus>(status)) + "\r\n";
}

bool has_no_body(int status) { return status == 204 || status == 304; }

std::string hex(std::size_t number) {
    std::string text;
    do {
        text.insert(text.begin(), "0123456789abcdef"[number & 15U]);
        number >>= 4U;
    } while (number > 0);
    return text;
}

}  // namespace

Connection::Connection(const Poco::Net::StreamSocket& socket, std::string peer, bool proxied,
                       const Limits& limits, const std::string& spool_folder, Steady now)
    : socket_(socket),
      peer_(std::move(peer)),
      proxied_(proxied),
      limits_(limits),
      spool_folder_(spool_folder),
      since_(now) {}

Steady Connection::deadline() const {
    switch (phase_) {
        case Phase::head:
            return since_ + (in_.empty() ? limits_.idle_time : limits_.head_time);
        case Phase::body:
            return since_ + limits_.body_time +
                   std::chrono::seconds(body_size_ / std::max<std::size_t>(1, limits_.body_rate));
        case Phase::lingering:
            return since_ + limits_.linger_time;
        default:
            return since_ + limits_.write_stall;
    }
}

Connection::Next Connection::receive(Handler& handler, Steady now) {
    std::array<char, 16U << 10U> buffer;  // NOLINT(cppcoreguidelines-pro-type-member-init)
    for (std::size_t taken = 0; taken < turn_bytes;) {
        const ssize_t got = ::recv(fd(), buffer.data(), buffer.size(), MSG_DONTWAIT);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0 && errno == EAGAIN) return Next::read;
        if (got <= 0) return Next::close;
        if (phase_ == Phase::lingering) continue;
        if (idle()) since_ = now;
        in_.append(buffer.data(), static_cast<std::size_t>(got));
        taken += static_cast<std::size_t>(got);
        if (const Next next = advance(handler, now); next != Next::read) return next;
    }
    return Next::read;
}

Connection::Next Connection::resume(Handler& handler, Steady now) {
    return in_.empty() ? Next::read : advance(handler, now);
}

Connection::Next Connection::advance(Handler& handler, Steady now) {
    try {
        if (phase_ == Phase::head) return take_head(handler, now);
        if (phase_ == Phase::body) return take_body(handler, now);
        return Next::read;
    } catch (const std::system_error& error) {  // the disk of the spool folder
        spdlog::error("request {}: its body cannot be stored: {}", head_.request.id, error.what());
        return refuse(handler, 503, {Code::unavailable, "the server cannot store this body now", ""}, now);
    }
}

Connection::Next Connection::take_head(Handler& handler, Steady now) {
    // RFC 9112 2.2: an empty line before a request is read over.
    while (scanned_ == 0 && in_.size() >= 2 && in_[0] == '\r' && in_[1] == '\n') in_.erase(0, 2);
    const std::size_t end = in_.find("\r\n\r\n", scanned_);
    const bool whole = end != std::string::npos;
    if ((whole ? end : in_.size()) > limits_.head) {
        head_ = {};
        return refuse(handler, 431,
                      {Code::too_large,
                       "the request's head is larger than " + std::to_string(limits_.head) + " bytes", ""},
                      now);
    }
    if (!whole) {
        scanned_ = in_.size() < 3 ? 0 : in_.size() - 3;
        return Next::read;
    }
    auto head = parse_head(std::string_view(in_).substr(0, end + 4));
    in_.erase(0, end + 4);
    scanned_ = 0;
    head_ = head ? std::move(*head) : Head{};
    head_.request.peer = asker();
    head_.request.id = random_token();
    if (!head) return refuse(handler, head.error().code == Code::unsupported ? 501 : 400, head.error(), now);

    body_size_ = 0;
    body_most_ = limits_.memory_body;
    chunks_ = {};
    since_ = now;
    if (head_.chunked || head_.length > limits_.memory_body) {
        phase_ = Phase::admit;
        return Next::work;
    }
    phase_ = Phase::body;
    if (head_.expects_continue && head_.length > 0) out_ = "HTTP/1.1 100 Continue\r\n\r\n";
    return take_body(handler, now);
}

std::string Connection::asker() const {
    if (!proxied_) return peer_;
    const std::string_view list = head_.request.header("x-forwarded-for");
    const std::string last(trim(list.substr(list.rfind(',') + 1)));
    Poco::Net::IPAddress address;
    return Poco::Net::IPAddress::tryParse(last, address) ? address.toString() : peer_;
}

Connection::Next Connection::take_body(Handler& handler, Steady now) {
    if (!out_.empty()) {  // "100 Continue": 25 bytes into an empty send buffer
        const ssize_t sent = ::send(fd(), out_.data(), out_.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
        if (sent != static_cast<ssize_t>(out_.size())) return Next::close;
        out_.clear();
    }
    bool done = false;
    if (head_.chunked) {
        std::string bytes;
        const auto progress = chunks_.feed(in_, bytes);
        store_body(bytes);
        if (progress == ChunkedDecoder::Progress::broken)
            return refuse(handler, 400, invalid("", "the chunked body is broken"), now);
        done = progress == ChunkedDecoder::Progress::done;
    } else {
        const std::size_t take = std::min(in_.size(), head_.length - body_size_);
        store_body(std::string_view(in_).substr(0, take));
        in_.erase(0, take);
        done = body_size_ == head_.length;
    }
    if (body_size_ > body_most_)
        return refuse(
            handler, 413,
            {Code::too_large,
             "the body is larger than the " + std::to_string(body_most_) + " bytes allowed here", ""},
            now);
    if (!done) return Next::read;
    phase_ = Phase::ready;
    return Next::work;
}

void Connection::store_body(std::string_view bytes) {
    body_size_ += bytes.size();
    if (body_size_ > body_most_) return;  // is refused next
    Request& request = head_.request;
    if (!request.file && body_size_ > limits_.memory_body) {
        request.file = std::make_unique<SpoolFile>(spool_folder_);
        request.file->append(request.body);
        std::string().swap(request.body);
    }
    if (request.file)
        request.file->append(bytes);
    else
        request.body.append(bytes);
}

Connection::Next Connection::work(Handler& handler, Steady now) {
    if (phase_ == Phase::admit) return ask_admission(handler, now);
    if (phase_ == Phase::ready) return answer(handler.handle(head_.request), now);
    next_piece();
    return flush(now);
}

Connection::Next Connection::ask_admission(Handler& handler, Steady now) {
    auto verdict = handler.admit(head_.request);
    if (auto* refusal = std::get_if<Response>(&verdict)) {
        closing_ = true;  // its body would be taken for the next request
        return answer(std::move(*refusal), now);
    }
    body_most_ = std::get<Allowance>(verdict).most;
    if (head_.length > body_most_)
        return refuse(handler, 413,
                      {Code::too_large,
                       "the body has " + std::to_string(head_.length) + " bytes, " +
                           std::to_string(body_most_) + " are allowed here",
                       ""},
                      now);
    phase_ = Phase::body;
    if (head_.expects_continue) out_ = "HTTP/1.1 100 Continue\r\n\r\n";
    since_ = now;
    return advance(handler, now);
}

Connection::Next Connection::refuse(Handler& handler, int status, const Error& error, Steady now) {
    closing_ = true;
    if (head_.request.id.empty()) head_.request.id = random_token();
    return answer(handler.refuse(head_.request, status, error), now);
}

Connection::Next Connection::answer(Response response, Steady now) {
    const bool head_only = head_.request.method == "HEAD";
    const bool streams = static_cast<bool>(response.stream);
    const bool open_end = streams && !response.length;
    stream_chunked_ = open_end && !head_.http_1_0;
    if (open_end && head_.http_1_0) closing_ = true;  // the end of the body is the end of the connection

    out_ = start_line(response.status);
    append_header(out_, "Date", http_date());
    for (const Header& header : response.headers) append_header(out_, header.name, header.value);
    if (stream_chunked_)
        append_header(out_, "Transfer-Encoding", "chunked");
    else if (!open_end && !has_no_body(response.status))
        append_header(out_, "Content-Length", std::to_string(response.length.value_or(response.body.size())));
    if (!keeps_alive())
        append_header(out_, "Connection", "close");
    else if (head_.http_1_0)
        append_header(out_, "Connection", "keep-alive");
    out_ += "\r\n";
    if (!head_only && !has_no_body(response.status)) {
        out_ += response.body;
        stream_ = std::move(response.stream);
    }
    out_at_ = 0;
    phase_ = Phase::answering;
    head_.request.file.reset();
    since_ = now;
    return flush(now);
}

void Connection::next_piece() {
    const std::string piece = stream_();
    out_at_ = 0;
    out_.clear();
    if (!piece.empty()) {
        out_ = stream_chunked_ ? hex(piece.size()) + "\r\n" + piece + "\r\n" : piece;
    } else {
        stream_ = nullptr;
        if (stream_chunked_) out_ = "0\r\n\r\n";
    }
}

Connection::Next Connection::flush(Steady now) {
    while (out_at_ < out_.size()) {
        const ssize_t sent =
            ::send(fd(), out_.data() + out_at_, out_.size() - out_at_, MSG_DONTWAIT | MSG_NOSIGNAL);
        if (sent < 0 && errno == EINTR) continue;
        if (sent < 0 && errno == EAGAIN) return Next::write;
        if (sent <= 0) return Next::close;
        out_at_ += static_cast<std::size_t>(sent);
        since_ = now;
    }
    if (stream_) return Next::work;
    return finish_answer(now);
}

// What is left in in_ belongs to the next request; the parking thread looks at it with resume().
Connection::Next Connection::finish_answer(Steady now) {
    const bool keep = keeps_alive();
    std::string().swap(out_);
    out_at_ = 0;
    since_ = now;
    head_ = {};
    if (!keep) {
        phase_ = Phase::lingering;
        ::shutdown(fd(), SHUT_WR);
        return Next::read;
    }
    phase_ = Phase::head;
    if (in_.empty()) std::string().swap(in_);
    return Next::read;
}

}  // namespace dakiya::api
