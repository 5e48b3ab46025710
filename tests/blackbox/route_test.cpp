// A route through two providers, WhatsApp first and SMS then, with a crash in the middle. The providers'
// ledgers are the judge: an SMS goes to those whom WhatsApp failed or did not reach in time, once, and to
// nobody else.
#include <algorithm>
#include <map>
#include <set>

#include "customers.hpp"
#include "funnel.hpp"

using namespace blackbox;
using namespace std::chrono_literals;

namespace {

constexpr int people = 600;
constexpr int patience_s = 6;
constexpr int most_latency_ms = 1'000;  // the time begins when our request does, not when it is accepted

// Some numbers have no WhatsApp, which is said at once or in a webhook; of the others some never get it.
Json statuses() {
    return Json{
        {"statuses", Json{{"delivered_percent", 80}, {"repeat_percent", 10}, {"reorder_percent", 10}}},
        {"webhooks", Json{{"retry_ms", 200}}},
        {"latency_ms", Json{{"min", 5}, {"max", 40}}},
        {"rules",
         Json::array({Json{{"provider", "meta"}, {"suffix", "7"}, {"code", 131026}},
                      Json{{"provider", "meta"}, {"suffix", "3"}, {"code", 131026}, {"in_status", true}}})}};
}

Json by_sms(const std::string& connection) {
    return Json{
        {"fallback", Json::array({Json{
                         {"connection", connection},
                         {"channel", "sms"},
                         {"content", Json{{"kind", "text"}, {"text", "Your order {{order}} is on its way."}}},
                         {"after_s", patience_s}}})}};
}

// By number: when the provider accepted it, and how it ended there.
struct Fate {
    std::int64_t at = 0;
    std::string final;
};
std::map<std::string, Fate> fates(const Sim& sim, const std::string& provider) {
    std::map<std::string, Fate> by_number;
    for (const Json& entry : sim.ledger(provider)) {
        const auto [fate, first] =
            by_number.emplace(entry.at("to").text(), Fate{entry.at("at").integer(), ""});
        INFO(entry.dump());
        REQUIRE(first);  // nobody twice through one provider
    }
    for (const Json& status : sim.statuses(provider))
        by_number.at(status.at("to").text()).final = status.at("final").text();
    return by_number;
}

std::string digits_of(const std::string& number) { return number.front() == '+' ? number.substr(1) : number; }

// Those of whom a crash has left no trace but the mark: the promise is not to send them anything else.
std::set<std::string> uncertain(World& world, const std::string& campaign) {
    std::set<std::string> numbers;
    for (const Json& step : world.api().get("/v1/campaigns/" + campaign).at("steps"))
        for (const Recipient& person : recipients(world.api(), step.at("campaign").text()))
            if (person.state == "uncertain") numbers.insert(digits_of(person.address));
    return numbers;
}

std::map<std::string, std::int64_t> as_counts(const Json& states) {
    std::map<std::string, std::int64_t> counts;
    for (const auto& [state, n] : states.members()) counts[state] = n.integer();
    return counts;
}

// How everybody fares, person by person: the best that became of a message.
std::map<std::string, std::int64_t> best_states(World& world, const std::string& campaign) {
    const std::vector<std::string> worst_first{"skipped",   "cancelled", "failed",    "queued", "sending",
                                               "uncertain", "sent",      "delivered", "read"};
    const auto rank = [&](const std::string& state) {
        return std::find(worst_first.begin(), worst_first.end(), state) - worst_first.begin();
    };
    std::map<std::string, std::string> best;  // by number
    for (const Json& step : world.api().get("/v1/campaigns/" + campaign).at("steps"))
        for (const Recipient& person : recipients(world.api(), step.at("campaign").text())) {
            std::string& state = best.try_emplace(person.address, person.state).first->second;
            if (rank(person.state) > rank(state)) state = person.state;
        }
    std::map<std::string, std::int64_t> counts;
    for (const auto& [number, state] : best) ++counts[state];
    return counts;
}

void require_right_second_step(const Sim& sim, const std::set<std::string>& uncertain) {
    std::map<std::string, Fate> by_whatsapp;
    for (const auto& [number, fate] : fates(sim, "meta")) by_whatsapp[digits_of(number)] = fate;
    std::set<std::string> by_sms, somehow = uncertain;
    int late = 0;
    for (const auto& [number, fate] : fates(sim, "twilio")) {
        by_sms.insert(digits_of(number));
        const auto first = by_whatsapp.find(digits_of(number));
        if (first == by_whatsapp.end() || first->second.final == "failed")
            continue;  // refused, or failed later
        INFO(number << " got both: " << first->second.final);
        // A delivery that was reported while we were dead may be heard of when the time was over.
        if (first->second.final == "delivered") ++late;
        REQUIRE(fate.at - first->second.at >= patience_s * 1000 - most_latency_ms);
    }
    for (const auto& [number, fate] : by_whatsapp) {
        if (fate.final == "delivered") somehow.insert(number);
        INFO(number << " is " << fate.final << " at WhatsApp");
        if (fate.final != "delivered" && !uncertain.contains(number)) REQUIRE(by_sms.contains(number));
    }
    somehow.insert(by_sms.begin(), by_sms.end());
    REQUIRE(somehow.size() == people);  // nobody is lost
    REQUIRE(late <= people / 10);
}

}  // namespace

TEST_CASE("WhatsApp, then SMS for those whom it does not reach, over a crash") {
    Setup setup;
    setup.sim = statuses();
    World world(GENERATE_REF(from_range(dialects())), setup);
    const CustomerFile file = make_customers(people);
    REQUIRE(world.import(file.csv).at("created").integer() == people);
    const std::string meta = world.connect("meta");
    const std::string twilio = world.connect("twilio");
    world.sync_templates(meta);
    const std::string campaign =
        world.send_campaign(meta, order_update(), Json{{"all", true}}, by_sms(twilio));
    const Json seen = world.api().get("/v1/campaigns/" + campaign);
    REQUIRE(seen.at("certainty").text() == "correlating");
    REQUIRE(seen.at("bound").text().starts_with("at most once"));

    wait_until("the first SMS", 60s, [&] { return world.sim().accepted("twilio") > 10; });
    world.kill();
    world.start();
    world.wait_completed(campaign, 120s);
    world.sim().wait_for_webhooks(60s);
    world.sim().require_no_complaints();
    require_right_second_step(world.sim(), uncertain(world, campaign));

    const Json stats = world.api().get("/v1/campaigns/" + campaign + "/stats");
    INFO(stats.dump());
    REQUIRE(stats.at("steps").size() == 2);
    const Json& second = stats.at("steps").at(std::size_t{1});
    REQUIRE(second.at("channel").text() == "sms");
    const auto reached = second.at("states").value("sent", 0) + second.at("states").value("delivered", 0);
    const auto accepted = static_cast<std::int64_t>(world.sim().accepted("twilio"));
    REQUIRE(reached <= accepted);  // Twilio does not repeat the reports that came while we were dead
    REQUIRE(accepted <= reached + second.at("states").value("uncertain", 0));
    REQUIRE(world.api().all("/v1/campaigns").size() == 1);
    REQUIRE(stats.at("people").at("total").integer() == people);
    // The last reports may be stored and not worked off yet.
    wait_until("everybody to be counted once", 20s, [&] {
        const Json now = world.api().get("/v1/campaigns/" + campaign + "/stats");
        return as_counts(now.at("people").at("states")) == best_states(world, campaign);
    });
}
