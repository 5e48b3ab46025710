#include "send/answer.hpp"

#include <utility>

#include "send/mail_effect.hpp"

namespace dakiya::send {

namespace {

plugin::Reply to_reply(net::Reply reply) {
    plugin::Reply seen;
    seen.error = abi_word(reply.transport);
    if (reply.transport != net::Transport::ok) return seen;
    seen.status = static_cast<std::uint32_t>(reply.status);
    seen.body = std::move(reply.body);
    seen.headers.reserve(reply.headers.size());
    for (net::Header& header : reply.headers)
        seen.headers.push_back({std::move(header.name), std::move(header.value), false});
    return seen;
}

}  // namespace

net::Request to_request(plugin::HttpRequest http) {
    net::Request request;
    request.method = std::move(http.method);
    request.url = std::move(http.url);
    request.headers.reserve(http.headers.size());
    for (plugin::Header& header : http.headers)
        request.headers.push_back({std::move(header.name), std::move(header.value)});
    request.body = std::move(http.body);
    for (plugin::Part& part : http.parts)
        request.parts.push_back({std::move(part.name),
                                 std::move(part.filename),
                                 std::move(part.content_type),
                                 std::move(part.bytes),
                                 {}});
    if (http.timeout_ms != 0) request.timeout = Millis(http.timeout_ms);
    if (http.max_reply != 0) request.max_reply = http.max_reply;
    return request;
}

Answer to_answer(net::Reply reply) {
    const auto transport = reply.transport;
    const bool left = reply.bytes_left, in_file = reply.in_file;
    std::string text = std::move(reply.text);
    return {transport, left, false, std::move(text), to_reply(std::move(reply)), in_file};
}

Answer to_answer(net::MailReply reply) {
    const auto transport = reply.transport;
    const bool left = reply.left, untried = reply.untried;
    std::string text = reply.text;
    return {transport, left, untried, std::move(text), mail_reply(std::move(reply))};
}

}  // namespace dakiya::send
