#include "funnel.hpp"

#include <sstream>

namespace blackbox {

namespace {

// RFC 4180 with every field on one line, which is all that the export needs here.
std::vector<std::string> cells(const std::string& line) {
    std::vector<std::string> cells(1);
    bool quoted = false;
    for (std::size_t i = 0; i < line.size(); ++i) {
        if (line[i] == '"' && quoted && i + 1 < line.size() && line[i + 1] == '"')
            cells.back() += line[++i];
        else if (line[i] == '"')
            quoted = !quoted;
        else if (line[i] == ',' && !quoted)
            cells.emplace_back();
        else if (line[i] != '\r')
            cells.back() += line[i];
    }
    return cells;
}

std::string digits(const std::string& address) {
    std::string out;
    for (const char c : address)
        if (c >= '0' && c <= '9') out += c;
    return out;
}

// What the simulator calls "accepted" has had no status webhook: for us it is sent.
std::string state_of(const Json& status) {
    const std::string final = status.at("final");
    return final == "accepted" ? "sent" : final;
}

bool claims_arrival(const std::string& state) {
    return state == "sent" || state == "delivered" || state == "read";
}

}  // namespace

std::vector<Recipient> recipients(const Client& api, const std::string& campaign) {
    const Answer answer = api.ask("GET", "/v1/campaigns/" + campaign + "/recipients.csv");
    REQUIRE(answer.status == 200);
    std::istringstream text(answer.body);
    std::string line;
    std::getline(text, line);
    REQUIRE(line.starts_with("message,contact,address,state,reason,error_class,error_code,"));
    std::vector<Recipient> people;
    while (std::getline(text, line)) {
        const auto cell = cells(line);
        REQUIRE(cell.size() == 12);
        people.push_back({cell[0], cell[2], cell[3], cell[4], cell[6]});
    }
    return people;
}

void wait_settled(World& world, const std::string& campaign, const std::string& provider, int people) {
    const auto accepted = static_cast<std::int64_t>(world.sim().accepted(provider));
    wait_until(
        "the events to settle what was uncertain", std::chrono::seconds(90),
        [&] {
            auto states = world.states(campaign);
            const Json final = world.sim().summary(provider).at("final");
            const auto refused_here = states["failed"] - final.value("failed", 0);
            return refused_here >= 0 && states["uncertain"] + refused_here + accepted == people &&
                   states["sent"] == final.value("sent", 0) &&
                   states["delivered"] == final.value("delivered", 0) &&
                   states["read"] == final.value("read", 0);
        },
        [&] {
            return std::to_string(accepted) + " accepted; " +
                   world.api().get("/v1/campaigns/" + campaign + "/stats").dump();
        });
}

void require_same_funnel(World& world, const std::string& campaign, const std::string& provider) {
    std::map<std::string, Json> theirs;  // by number: one campaign a provider in these tests
    for (const Json& status : world.sim().statuses(provider)) theirs[digits(status.at("to"))] = status;

    std::map<std::string, std::int64_t> counted;
    std::string differences;
    for (const Recipient& person : recipients(world.api(), campaign)) {
        ++counted[person.state];
        const auto found = theirs.find(digits(person.address));
        if (found == theirs.end() && !claims_arrival(person.state)) continue;
        const std::string expected = found == theirs.end() ? "not accepted" : state_of(found->second);
        if (person.state != expected && differences.size() < 2'000)
            differences += person.message + ' ' + person.address + " is " + person.state +
                           ", simulator: " + (found == theirs.end() ? expected : found->second.dump()) + '\n';
        if (found != theirs.end()) {
            const std::string ref = found->second.at("ref");
            const bool own = account_of(provider).at("ref").text() != "message" || ref == person.message;
            if (!own && differences.size() < 2'000)
                differences += person.message + " has the ref " + ref + '\n';
            theirs.erase(found);
        }
    }
    INFO(differences);
    REQUIRE(differences.empty());
    INFO(
        "accepted by the simulator, unknown here: " << (theirs.empty() ? "" : theirs.begin()->second.dump()));
    REQUIRE(theirs.empty());
    REQUIRE(world.states(campaign) == counted);
}

}  // namespace blackbox
