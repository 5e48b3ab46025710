#include "send/mail_effect.hpp"

#include <algorithm>
#include <utility>

#include "dakiya/json.hpp"

namespace dakiya::send {

namespace {

using net::MailServer;

constexpr std::int64_t most_connections = 100;

template <class T>
T one_of(const Json& json, std::string_view field,
         std::initializer_list<std::pair<std::string_view, T>> words) {
    const std::string word = json.value(field, words.begin()->first);
    for (const auto& [name, value] : words)
        if (name == word) return value;
    throw JsonError("\"" + std::string(field) + "\" is \"" + word + "\", which this server does not know");
}

MailServer read_server(const Json& json) {
    using Security = MailServer::Security;
    using Auth = MailServer::Auth;
    MailServer server;
    server.host = json.at("host").text();
    const std::int64_t port = json.at("port").integer();
    if (port < 1 || port > 65'535) throw JsonError("\"port\" is not from 1 to 65535");
    server.port = static_cast<std::uint16_t>(port);
    server.security = one_of<Security>(
        json, "security",
        {{"starttls", Security::starttls}, {"tls", Security::tls}, {"none", Security::none}});
    server.auth = one_of<Auth>(json, "auth",
                               {{"automatic", Auth::automatic},
                                {"plain", Auth::plain},
                                {"login", Auth::login},
                                {"cram-md5", Auth::cram_md5}});
    server.user = json.value("user", "");
    server.secret = json.value("secret", "");
    server.ehlo = json.at("ehlo").text();
    server.connections =
        static_cast<std::size_t>(std::clamp<std::int64_t>(json.value("connections", 5), 1, most_connections));
    return server;
}

void add_piece(MailWish& wish, const Json& piece) {
    auto& message = wish.request.message;
    if (piece.is_string()) return message.push_back(std::make_shared<const std::string>(piece.text()));
    wish.files.push_back({message.size(), piece.at("url").text()});
    message.push_back(nullptr);
}

MailWish read(const Json& json) {
    MailWish wish;
    net::MailRequest& request = wish.request;
    request.server = read_server(json);
    wish.limit = json.value("limit", "");
    request.probe = json.value("probe", false);
    if (request.probe) return wish;
    request.from = json.at("from").text();
    request.to = json.at("to").text();
    request.envelope_id = json.value("envelope_id", "");
    request.notify = json.value("notify", "");
    const Json& message = json.at("message");
    if (message.is_string()) {
        add_piece(wish, message);
    } else {
        for (const Json& piece : message.items()) add_piece(wish, piece);
    }
    if (request.message.empty()) throw JsonError("\"message\" is empty");
    return wish;
}

}  // namespace

Result<MailWish> read_mail(const std::string& json) {
    try {
        return read(Json::parse(json));
    } catch (const JsonError& error) {
        return invalid("", std::string("the effect mail/1 cannot be used: ") + error.what());
    }
}

std::string_view abi_word(net::Transport transport) {
    switch (transport) {
        case net::Transport::ok:
            return "";
        case net::Transport::refused:
            return "refused";
        case net::Transport::tls:
            return "tls";
        case net::Transport::timeout:
            return "timeout";
        case net::Transport::too_large:
            return "too_large";
        case net::Transport::connect:
        case net::Transport::closed:
            break;
    }
    return "connect";
}

plugin::Reply mail_reply(net::MailReply reply) {
    plugin::Reply seen;
    seen.error = abi_word(reply.transport);
    seen.status = reply.transport == net::Transport::ok ? static_cast<std::uint32_t>(reply.code) : 0;
    seen.headers.push_back({"stage", std::move(reply.stage), false});
    if (!reply.enhanced.empty()) seen.headers.push_back({"enhanced", std::move(reply.enhanced), false});
    seen.body = std::move(reply.text);
    return seen;
}

plugin::Reply file_reply(int status, const std::string& url) {
    plugin::Reply seen;
    seen.status = static_cast<std::uint32_t>(status);
    seen.headers.push_back({"stage", "attachment", false});
    seen.body = url + " answered " + std::to_string(status);
    return seen;
}

}  // namespace dakiya::send
