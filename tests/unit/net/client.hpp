// Calls the client and waits for the reply.
#pragma once

#include <zlib.h>

#include <future>
#include <stdexcept>

#include "net/http_client.hpp"

namespace dakiya::net::test {

inline ClientOptions local_options() {
    ClientOptions options;
    options.guard.allow_private = true;
    options.for_singles = options.for_otp = 0;  // tests of connections count them
    return options;
}

inline std::future<Reply> start(HttpClient& client, Request request) {
    auto promise = std::make_shared<std::promise<Reply>>();
    client.perform(std::move(request), [promise](Reply reply) { promise->set_value(std::move(reply)); });
    return promise->get_future();
}

// A test that waits for ever says nothing.
template <class T>
T wait(std::future<T> future) {
    if (future.wait_for(std::chrono::seconds(60)) != std::future_status::ready)
        throw std::runtime_error("nothing happened for a minute");
    return future.get();
}

inline Reply call(HttpClient& client, Request request) { return wait(start(client, std::move(request))); }

inline Request get(std::string url) {
    Request request;
    request.url = std::move(url);
    return request;
}

inline Request post(std::string url, std::string body = "{}") {
    Request request = get(std::move(url));
    request.method = "POST";
    request.body = std::move(body);
    return request;
}

inline std::string header(const Reply& reply, std::string_view name) {
    for (const Header& each : reply.headers)
        if (each.name == name) return each.value;
    return "(none)";
}

inline std::string gzip(const std::string& text) {
    z_stream stream{};
    deflateInit2(&stream, Z_BEST_COMPRESSION, Z_DEFLATED, 16 + MAX_WBITS, 8, Z_DEFAULT_STRATEGY);
    std::string out(deflateBound(&stream, text.size()), '\0');
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
    stream.avail_in = static_cast<uInt>(text.size());
    stream.next_out = reinterpret_cast<Bytef*>(out.data());
    stream.avail_out = static_cast<uInt>(out.size());
    deflate(&stream, Z_FINISH);
    out.resize(stream.total_out);
    deflateEnd(&stream);
    return out;
}

}  // namespace dakiya::net::test
