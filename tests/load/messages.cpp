#include "commands.hpp"
#include "open_loop.hpp"
#include "wire.hpp"

#include <chrono>
#include <map>
#include <stdexcept>
#include <thread>

namespace load {

using dakiya::Json;

Json ask(const Call& call) {
    Http http;
    const std::int64_t sent = now_us();
    const sim::Answer answer = http.ask(call.method, url_of(call.url), api_headers(call.key), call.body);
    const std::int64_t answered = now_us();
    if (answer.status == 0) throw std::runtime_error(call.url + ": " + answer.text);
    return {{"sent_us", sent}, {"answered_us", answered}, {"status", answer.status}, {"body", answer.text}};
}

Json messages(const Messages& plan) {
    constexpr std::chrono::seconds patience(30);  // for a message that was taken to reach the provider
    boost::asio::io_context io;
    sim::Client client(io);
    client.set_limits(static_cast<std::size_t>(plan.connections), patience);
    const sim::Url url = url_of(plan.url);
    const std::string headers = api_headers(plan.key);
    Json body = Json::parse(plan.body);

    std::map<std::string, std::int64_t>
        due_of;  // by the message's id, which is its reference at the provider
    Latencies api, provider;
    std::string refusal;
    std::int64_t to = plan.first_to;
    const std::int64_t end = to + static_cast<std::int64_t>(plan.per_second * plan.seconds);
    OpenLoop loop(io, plan.per_second, [&](std::int64_t due) {
        if (to == end) return false;
        body.set("to", "+" + std::to_string(to++));
        client.send(url, request_text("POST", url, headers, body.dump()), [&, due](sim::Answer answer) {
            if (answer.status != 202) {
                refusal = std::to_string(answer.status) + ' ' + answer.text;
                return;
            }
            api.add(now_us() - due);
            due_of.emplace(Json::parse(answer.text).at("id").text(), due);
        });
        return true;
    });
    loop.start();
    io.run();
    if (!refusal.empty()) throw std::runtime_error("a message was not taken: " + refusal);

    Ledger ledger(plan.ledger);
    const std::size_t sent = due_of.size();
    const std::int64_t give_up = now_us() + std::chrono::microseconds(patience).count();
    while (!due_of.empty() && now_us() < give_up) {
        for (const auto& [ref, arrived] : ledger.arrivals()) {
            const auto found = due_of.find(ref);
            if (found == due_of.end()) continue;
            provider.add(arrived - found->second);
            due_of.erase(found);
        }
        if (!due_of.empty()) std::this_thread::sleep_for(std::chrono::milliseconds(50));
    }
    if (!due_of.empty())
        throw std::runtime_error(std::to_string(due_of.size()) + " of " + std::to_string(sent) +
                                 " messages did not reach the provider within 30 seconds, such as " +
                                 due_of.begin()->first);
    return {{"api", api.summary()}, {"provider", provider.summary()}};
}

}  // namespace load
