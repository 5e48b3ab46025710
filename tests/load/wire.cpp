#include "wire.hpp"

#include <sstream>
#include <stdexcept>

namespace load {

std::string request_text(std::string_view method, const sim::Url& url, std::string_view headers,
                         std::string_view body) {
    std::string out(method);
    out += ' ' + url.target + " HTTP/1.1\r\nHost: " + url.host + ':' + std::to_string(url.port) + "\r\n";
    out += headers;
    if (!body.empty()) out += "Content-Length: " + std::to_string(body.size()) + "\r\n";
    out += "\r\n";
    return out.append(body);
}

std::string api_headers(std::string_view key) {
    return "Authorization: Bearer " + std::string(key) + "\r\nContent-Type: application/json\r\n";
}

sim::Url url_of(std::string_view text) {
    const auto url = sim::parse_url(text);
    if (!url) throw std::runtime_error("not an address: " + std::string(text));
    return *url;
}

sim::Answer Http::ask(std::string_view method, const sim::Url& url, std::string_view headers,
                      std::string_view body) {
    sim::Answer answer;
    bool done = false;
    client_.send(url, request_text(method, url, headers, body), [&](sim::Answer got) {
        answer = std::move(got);
        done = true;
    });
    io_.restart();
    while (!done) io_.run_one();
    return answer;
}

std::vector<std::string> Ledger::page(std::string_view call, std::size_t limit) {
    std::string query = "?limit=" + std::to_string(limit);
    if (read_ > 0) query += "&after=" + std::to_string(read_ - 1);
    const sim::Answer answer = http_.ask("GET", url_of(control_ + std::string(call) + query));
    if (answer.status != 200) throw std::runtime_error("the simulator's ledger: " + answer.text);
    std::vector<std::string> lines;
    std::istringstream text(answer.text);
    for (std::string line; std::getline(text, line);) lines.push_back(line);
    read_ += lines.size();
    return lines;
}

std::map<std::string, std::int64_t> Ledger::arrivals() {
    constexpr std::size_t page_size = 10'000;  // the client takes answers of up to a megabyte
    std::map<std::string, std::int64_t> arrived;
    for (;;) {
        const std::vector<std::string> lines = page("/ledger/times", page_size);
        for (const std::string& line : lines) {
            const std::size_t space = line.find(' ');
            arrived.emplace(line.substr(space + 1), std::stoll(line.substr(0, space)));
        }
        if (lines.size() < page_size) return arrived;
    }
}

std::vector<std::string> Ledger::lines(std::size_t limit) { return page("/ledger", limit); }

}  // namespace load
