// A client on a bare socket, so that tests can send what no HTTP library would.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include <Poco/Net/SocketAddress.h>
#include <Poco/Net/StreamSocket.h>
#include <Poco/Timespan.h>

namespace dakiya::api::test {

struct WireAnswer {
    int status = 0;
    std::string head, body;  // names in head are as the server wrote them

    std::string header(const std::string& name) const {
        const std::size_t at = head.find("\r\n" + name + ": ");
        if (at == std::string::npos) return {};
        const std::size_t from = at + name.size() + 4;
        return head.substr(from, head.find("\r\n", from) - from);
    }
};

class Client {
public:
    explicit Client(std::uint16_t port) : socket_(Poco::Net::SocketAddress("127.0.0.1", port)) {
        socket_.setReceiveTimeout(Poco::Timespan(20, 0));
    }

    void send(std::string_view bytes) {
        while (!bytes.empty()) {
            const int sent = socket_.sendBytes(bytes.data(), static_cast<int>(bytes.size()));
            bytes.remove_prefix(static_cast<std::size_t>(sent));
        }
    }

    // One whole answer. status 0 when the server closed the connection first.
    WireAnswer receive() {
        WireAnswer answer;
        while (buffer_.find("\r\n\r\n") == std::string::npos)
            if (!more()) return answer;
        const std::size_t end = buffer_.find("\r\n\r\n") + 4;
        answer.head = buffer_.substr(0, end);
        buffer_.erase(0, end);
        answer.status = std::stoi(answer.head.substr(9, 3));
        if (answer.header("Transfer-Encoding") == "chunked") {
            for (;;) {
                while (buffer_.find("\r\n") == std::string::npos)
                    if (!more()) return {};
                const std::size_t line = buffer_.find("\r\n");
                const std::size_t size = std::stoul(buffer_.substr(0, line), nullptr, 16);
                while (buffer_.size() < line + 2 + size + 2)
                    if (!more()) return {};
                answer.body += buffer_.substr(line + 2, size);
                buffer_.erase(0, line + 2 + size + 2);
                if (size == 0) return answer;
            }
        }
        const std::string length = answer.header("Content-Length");
        const std::size_t wanted = length.empty() ? 0 : std::stoul(length);
        while (buffer_.size() < wanted)
            if (!more()) return {};
        answer.body = buffer_.substr(0, wanted);
        buffer_.erase(0, wanted);
        return answer;
    }

    WireAnswer ask(std::string_view bytes) {
        send(bytes);
        return receive();
    }

    bool closed() { return buffer_.empty() && !more(); }

private:
    bool more() {
        std::array<char, 65'536> bytes{};
        int got = 0;
        try {
            got = socket_.receiveBytes(bytes.data(), static_cast<int>(bytes.size()));
        } catch (const Poco::Exception&) {  // reset
        }
        if (got <= 0) return false;
        buffer_.append(bytes.data(), static_cast<std::size_t>(got));
        return true;
    }

    Poco::Net::StreamSocket socket_;
    std::string buffer_;
};

inline std::string get(std::string_view target) {
    return "GET " + std::string(target) + " HTTP/1.1\r\nHost: x\r\n\r\n";
}

inline std::string post(std::string_view target, std::string_view body, std::string_view headers = "") {
    return "POST " + std::string(target) +
           " HTTP/1.1\r\nHost: x\r\nContent-Length: " + std::to_string(body.size()) + "\r\n" +
           std::string(headers) + "\r\n" + std::string(body);
}

}  // namespace dakiya::api::test
