// Calls the mail client, against a server that talks as a test tells it.
#pragma once

#include <future>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "client.hpp"
#include "net/smtp_client.hpp"
#include "server.hpp"

namespace dakiya::net::test {

using Security = MailServer::Security;

inline SmtpOptions options_of(const std::string& ca_file = {}) {
    SmtpOptions options;
    options.guard.allow_private = true;
    options.ca_file = ca_file;
    return options;
}

inline MailRequest mail_to(const Server& server, Security security = Security::none) {
    MailRequest request;
    request.server.host = "localhost";
    request.server.port = server.port();
    request.server.security = security;
    request.server.ehlo = "shop.example";
    request.from = "bounce@shop.example";
    request.to = "asha@example.com";
    request.envelope_id = "msg_1";
    request.notify = "FAILURE";
    request.message = {std::make_shared<const std::string>("Subject: Hi\r\n\r\nHello\r\n")};
    return request;
}

inline std::future<MailReply> start(MailClient& client, MailRequest request) {
    auto promise = std::make_shared<std::promise<MailReply>>();
    client.send(std::move(request), [promise](MailReply reply) { promise->set_value(std::move(reply)); });
    return promise->get_future();
}

inline MailReply send(MailClient& client, MailRequest request) {
    return wait(start(client, std::move(request)));
}

// What a client said, and to what; shared with the server's threads.
class Heard {
public:
    void add(const std::string& line) {
        const std::lock_guard lock(mutex_);
        lines_.push_back(line);
    }
    std::vector<std::string> lines() const {
        const std::lock_guard lock(mutex_);
        return lines_;
    }

private:
    mutable std::mutex mutex_;
    std::vector<std::string> lines_;
};

// A whole, friendly server, but for the commands that `answers` has other words for. "CUT" cuts the
// connection there; "." stands for the end of a message. Each answer is used once.
struct Talk {
    std::string greeting = "220 mx.example ESMTP\r\n";
    std::string offers =
        "250-mx.example\r\n250-PIPELINING\r\n250-DSN\r\n250-SIZE 10000\r\n250 ENHANCEDSTATUSCODES\r\n";
    std::vector<std::pair<std::string, std::string>> answers;
    SSL_CTX* tls = nullptr;  // of STARTTLS
    Heard* heard = nullptr;

    void operator()(Peer& peer) const {
        auto left = answers;
        const auto say = [&](const std::string& command, std::string text) {
            for (auto it = left.begin(); it != left.end(); ++it) {
                if (command.rfind(it->first, 0) != 0) continue;
                text = it->second;
                left.erase(it);
                break;
            }
            if (text == "CUT") {
                peer.cut();
                return false;
            }
            peer.send(text);
            return text[0] != '4' && text[0] != '5';
        };
        if (greeting == "CUT") return peer.cut();
        peer.send(greeting);
        for (std::string line = peer.read_line(); !line.empty(); line = peer.read_line()) {
            if (heard) heard->add(line);
            const std::string word = line.substr(0, line.find_first_of(" :"));
            if (word == "EHLO") {
                if (!say(line, offers)) continue;
            } else if (word == "STARTTLS") {
                if (say(line, "220 go ahead\r\n")) peer.start_tls(tls);
            } else if (word == "DATA") {
                if (!say(line, "354 go ahead\r\n")) continue;
                const std::string text = peer.read_message();
                if (heard) heard->add(text);
                if (!say(".", "250 2.0.0 queued\r\n")) continue;
            } else if (word == "QUIT") {
                peer.send("221 bye\r\n");
                return;
            } else {
                say(line, word == "AUTH" ? "235 2.7.0 welcome\r\n" : "250 2.0.0 ok\r\n");
            }
        }
    }
};

}  // namespace dakiya::net::test
