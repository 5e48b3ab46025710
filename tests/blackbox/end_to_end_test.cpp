// A business's whole day: a customer file, three providers, three campaigns, and what became of everybody.
#include <set>

#include "customers.hpp"
#include "funnel.hpp"

using namespace blackbox;
using namespace std::chrono_literals;

namespace {

constexpr int people = 10'000;
constexpr int bad_of_each_kind = 30;

// Repeated, reordered, late, batched: as bad as providers are.
Json rough_statuses() {
    return Json{{"statuses", Json{{"delivered_percent", 90},
                                  {"read_percent", 40},
                                  {"failed_percent", 5},
                                  {"repeat_percent", 10},
                                  {"reorder_percent", 10},
                                  {"late_percent", 5},
                                  {"late_ms", 500},
                                  {"batch", 50}}}};
}

void require_every_line_answered(World& world, const CustomerFile& file, const Json& job) {
    INFO(job.dump());
    REQUIRE(job.at("state").text() == "done");
    REQUIRE(job.at("created").integer() == people);
    REQUIRE(job.at("failed").integer() == static_cast<std::int64_t>(file.bad.size()));
    std::map<std::int64_t, std::string> reported;
    for (const Json& error : world.api().all("/v1/imports/" + job.at("id").text() + "/errors")) {
        reported[error.at("line").integer()] = error.at("reason").text();
        REQUIRE_FALSE(error.at("text").text().empty());
    }
    REQUIRE(reported == file.bad);
}

void require_works(World& world, const std::string& connection) {
    const Json verdict = world.api().post("/v1/connections/" + connection + "/test");
    INFO(verdict.dump());
    REQUIRE(verdict.at("ok").boolean());
}

// Everybody got the text with their own name and order.
void require_personal(const std::vector<Json>& ledger, const CustomerFile& file, const char* field) {
    REQUIRE(ledger.size() == file.people.size());
    for (const Json& entry : ledger) {
        std::string number = entry.at("to");
        if (number.front() != '+') number.insert(0, "+");
        const Person& person = file.people.at(number);
        const std::string said = entry.at(field);
        const std::string name = std::string(field) == "params" ? Json(person.name).dump() : person.name;
        if (said.find(name) == std::string::npos || said.find(person.order) == std::string::npos)
            FAIL(number << " is " << person.name << ", " << person.order << " and got " << entry.dump());
    }
}

}  // namespace

TEST_CASE("a customer file, three providers, a campaign through each") {
    Setup setup;
    setup.sim = rough_statuses();
    World world(GENERATE_REF(from_range(dialects())), setup);
    const CustomerFile file = make_customers(people, bad_of_each_kind);
    require_every_line_answered(world, file, world.import(file.csv));
    const Json all{{"all", true}};

    const std::string meta = world.connect("meta");
    const std::string msg91 = world.connect("msg91");
    const std::string twilio = world.connect("twilio");
    for (const std::string& connection : {meta, msg91, twilio}) require_works(world, connection);
    world.sync_templates(meta);
    world.sync_templates(msg91);

    const std::string by_meta = world.send_campaign(meta, order_update(), all);
    world.wait_completed(by_meta, 20s);
    Json on_whatsapp{{"channel", "whatsapp"}};
    const std::string by_msg91 = world.send_campaign(msg91, order_update("en"), all, on_whatsapp);
    world.wait_completed(by_msg91, 60s);
    const Json text{{"kind", "text"}, {"text", "Hi {{name|there}}, your order {{order}} is on its way."}};
    const std::string by_twilio = world.send_campaign(twilio, text, all, Json{{"channel", "sms"}});
    world.wait_completed(by_twilio, 60s);

    world.sim().wait_for_webhooks(60s);
    world.sim().require_no_complaints();
    require_personal(world.sim().ledger("meta"), file, "params");
    require_personal(world.sim().ledger("msg91"), file, "params");
    require_personal(world.sim().ledger("twilio"), file, "text");
    for (const auto& sent : {std::pair{by_meta, "meta"}, {by_msg91, "msg91"}, {by_twilio, "twilio"}}) {
        // By name: clang 14 has no structured bindings in lambdas.
        const auto& campaign = sent.first;
        const char* provider = sent.second;
        INFO(provider << ' ' << world.sim().control().get("/webhooks").dump());
        // Webhooks were acknowledged when they were stored; working them off takes a moment more.
        wait_until(std::string(provider) + "'s events to be worked off", 60s, [&] {
            const auto states = world.states(campaign);
            const Json final = world.sim().summary(provider).at("final");
            const auto count = [&](const char* state) {
                return states.contains(state) ? states.at(state) : 0;
            };
            return count("delivered") == final.value("delivered", 0) &&
                   count("read") == final.value("read", 0) && count("failed") == final.value("failed", 0);
        });
        require_same_funnel(world, campaign, provider);
    }
    std::set<std::int64_t> batches;
    for (const Json& entry : world.sim().ledger("msg91")) batches.insert(entry.at("batch").integer());
    REQUIRE(batches.size() < people / 50);
    REQUIRE(world.stop() == 0);
}
