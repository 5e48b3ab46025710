#include "commands.hpp"
#include "open_loop.hpp"
#include "wire.hpp"

#include <istream>
#include <map>
#include <sstream>
#include <stdexcept>
#include <vector>

namespace load {

using dakiya::Json;

Json lists(const std::string& url, const std::string& key, std::size_t count, std::istream& plan) {
    std::vector<std::string> names;  // in the order of the plan
    std::map<std::string, std::vector<std::string>> paths;
    for (std::string line; std::getline(plan, line);) {
        const std::size_t space = line.find(' ');
        if (space == std::string::npos) throw std::runtime_error("not \"name path\": " + line);
        auto& of_name = paths[line.substr(0, space)];
        if (of_name.empty()) names.push_back(line.substr(0, space));
        of_name.push_back(line.substr(space + 1));
    }
    Http http;
    Json out = Json::object();
    for (const std::string& name : names) {
        Latencies latencies;
        for (std::size_t n = 0; n < count; ++n) {
            const std::string& path = paths[name][n % paths[name].size()];
            const std::int64_t start = now_us();
            const sim::Answer answer = http.ask("GET", url_of(url + path), api_headers(key));
            latencies.add(now_us() - start);
            if (answer.status != 200)
                throw std::runtime_error(path + ": " + std::to_string(answer.status) + ' ' + answer.text);
        }
        out.set(name, latencies.summary());
    }
    return out;
}

}  // namespace load
