#include "commands.hpp"
#include "open_loop.hpp"
#include "wire.hpp"

#include <algorithm>
#include <cstdio>
#include <functional>
#include <stdexcept>

namespace load {

dakiya::Json flood(const Flood& plan) {
    boost::asio::io_context io;
    sim::Client client(io);
    client.set_limits(plan.connections, std::chrono::seconds(30));
    const sim::Url url = url_of(plan.url);
    const std::int64_t start = now_us();
    std::size_t begun = 0;
    std::string refusal;
    const std::function<void()> next = [&] {
        if (begun == plan.count || !refusal.empty()) return;
        char digits[9];
        std::snprintf(digits, sizeof digits, "%08zu", begun++ % 100'000'000);
        sim::Url numbered = url;
        numbered.target += digits;
        client.send(numbered, request_text("GET", numbered, "", ""), [&](sim::Answer answer) {
            if (answer.status / 100 != 2) refusal = std::to_string(answer.status) + ' ' + answer.text;
            next();
        });
    };
    for (std::size_t i = 0; i < plan.connections; ++i) next();
    io.run();
    if (!refusal.empty()) throw std::runtime_error("a request was refused: " + refusal);
    return {{"count", begun}, {"seconds", static_cast<double>(now_us() - start) / 1e6}};
}

}  // namespace load
