#include "api/route_json.hpp"

#include <algorithm>

#include "api/campaign_json.hpp"
#include "api/message_json.hpp"
#include "api/schemas.hpp"
#include "store/connections.hpp"
#include "store/route_people.hpp"

namespace dakiya::api {

namespace {

using domain::OnUncertain;
using plugin::Certainty;

// The provider of one of the tenant's connections, or why it cannot be used.
Result<std::shared_ptr<const plugin::Provider>> provider_of(Services& services, store::Scope scope,
                                                            Id connection, const std::string& field) {
    const auto row = services.db.read(
        [&](store::Session& session) { return store::connections::find(session, scope, connection); });
    if (!row) return invalid(field, "there is no such connection");
    auto provider = services.registry.find(row->provider);
    if (!provider)
        return Error{Code::unavailable, "the plugin of provider \"" + row->provider + "\" is not loaded",
                     field};
    return provider;
}

Result<void> complete(Services& services, store::Scope scope, domain::Step& step, const std::string& path) {
    const auto provider = provider_of(services, scope, step.connection, path + ".connection");
    if (!provider) return provider.error();
    const plugin::Manifest& manifest = (*provider)->manifest();
    const auto& channels = manifest.channels;
    if (step.channel.empty() && !channels.empty()) step.channel = channels.front();
    if (std::find(channels.begin(), channels.end(), step.channel) == channels.end())
        return Error{Code::unsupported,
                     "provider \"" + manifest.id + "\" has no channel \"" + step.channel + "\"",
                     path + ".channel"};
    return {};
}

// How many messages may be where nobody can tell, when the machine dies.
std::string in_flight(const Services& services) {
    if (services.in_flight == 0) return "those on their way";
    return "up to " + std::to_string(services.in_flight) + " on their way at each server";
}

std::string at_most_once(const Services& services, Certainty certainty) {
    const std::string after_crash = "at most once: after a crash " + in_flight(services);
    switch (certainty) {
        case Certainty::idempotent:
            return "once: the provider drops a repeated request, so " + in_flight(services) +
                   " at a crash are sent again with the same key";
        case Certainty::correlating:
            return after_crash + " may be uncertain, until the provider's events settle them";
        case Certainty::queryable:
            return after_crash + " may be uncertain, until look-ups settle them";
        case Certainty::blind:
            break;
    }
    return after_crash + " may stay uncertain; this provider can neither be asked nor repeats our reference";
}

// What can be promised of one recipient, in words.
std::string bound(const Services& services, Certainty certainty, OnUncertain policy) {
    if (certainty != Certainty::blind || policy == OnUncertain::leave)
        return at_most_once(services, certainty);
    const std::string most = std::to_string(domain::most_resends);
    return "at least once: a message whose answer was lost is sent again, at most " + most +
           " times, so a person may get it up to " + std::to_string(domain::most_resends + 1) + " times";
}

Json step_json(const store::Campaign& step) {
    return Json{{"step", step.step + 1},
                {"campaign", format_id(prefix::campaign, step.id)},
                {"state", to_string(step.state)},
                {"state_text", step.state_text},
                {"connection", format_id(prefix::connection, step.connection)},
                {"channel", step.channel},
                {"recipients", step.n_recipients},
                {"skipped", step.n_skipped}};
}

Json states_json(const store::campaigns::StateCounts& counts) {
    Json json = Json::object();
    for (const auto& [state, n] : counts)
        if (n > 0) json.set(to_string(state), n);
    return json;
}

std::vector<store::Campaign> all_steps(Services& services, const store::Campaign& campaign) {
    std::vector<store::Campaign> steps{campaign};
    auto later = services.db.read([&](store::Session& session) {
        return store::campaigns::steps(session, store::Scope{campaign.tenant}, campaign.id);
    });
    std::move(later.begin(), later.end(), std::back_inserter(steps));
    return steps;
}

}  // namespace

Result<std::vector<domain::Step>> read_steps(Services& services, const Call& call, const Json& fallback) {
    auto steps = domain::parse_steps(fallback, "fallback");
    if (!steps) return steps.error();
    for (std::size_t i = 0; i < steps->size(); ++i) {
        const std::string path = "fallback[" + std::to_string(i) + "]";
        if (auto done = complete(services, call.caller.scope, (*steps)[i], path); !done) return done.error();
    }
    return steps;
}

Result<void> apply_steps(Services& services, const Call& call, store::Campaign& campaign) {
    if (const Json* policy = call.body.find("on_uncertain")) {
        const auto known = domain::parse_on_uncertain(policy->text());
        if (!known) return invalid("on_uncertain", "must be \"leave\" or \"resend\"");
        campaign.on_uncertain = *known;
    }
    if (const Json* fallback = call.body.find("fallback")) {
        const auto steps = read_steps(services, call, *fallback);
        if (!steps) return steps.error();
        campaign.fallback = steps->empty() ? "" : domain::to_json(*steps).dump();
    }
    return {};
}

Json with_route(Services& services, const store::Campaign& campaign) {
    Json json = to_json(campaign);
    const auto provider =
        provider_of(services, store::Scope{campaign.tenant}, campaign.connection, "connection");
    if (provider) {
        const Certainty certainty = (*provider)->manifest().certainty();
        json.set("certainty", to_string(certainty));
        json.set("bound", bound(services, certainty, campaign.on_uncertain));
    }
    Json steps = Json::array();
    for (const store::Campaign& step : all_steps(services, campaign)) steps.push_back(step_json(step));
    json.set("steps", std::move(steps));
    return json;
}

void add_steps(Services& services, const store::Campaign& campaign, Json& stats) {
    const auto steps = all_steps(services, campaign);
    std::vector<Id> ids;
    for (const store::Campaign& step : steps) ids.push_back(step.id);
    Json list = Json::array(), people = Json::array();
    store::campaigns::StateCounts best;
    services.db.read([&](store::Session& session) {
        list = Json::array();
        people = Json::array();
        best.clear();
        const auto outdone = store::route_people::outdone(session, ids);
        for (const store::Campaign& step : steps) {
            const auto counted = store::campaigns::stats(session, store::Scope{step.tenant}, step);
            Json named{{"step", step.step + 1},
                       {"campaign", format_id(prefix::campaign, step.id)},
                       {"channel", step.channel}};
            Json messages = to_json(counted);
            for (const auto& [name, value] : named.members()) messages.set(name, value);
            list.push_back(std::move(messages));
            auto stand_for = counted.by_state;
            if (const auto others = outdone.find(step.id); others != outdone.end())
                for (const auto& [state, n] : others->second) stand_for[state] -= n;
            for (const auto& [state, n] : stand_for) best[state] += n;
            named.set("states", states_json(stand_for));
            people.push_back(std::move(named));
        }
    });
    stats.set("steps", std::move(list));
    if (campaign.parent == 0)
        stats.set("people", Json{{"total", campaign.n_recipients},
                                 {"states", states_json(best)},
                                 {"steps", std::move(people)}});
}

Json fallback_schema() {
    using namespace schema;
    return described(
        list(
            object({{"connection", text(20, 1)},
                    {"channel", described(text(16, 1), "The provider's first when left out")},
                    {"content", described(any_object(), "As of a campaign")},
                    {"after_s", described(integer(0, domain::longest_after_s),
                                          "Begins when not delivered this many seconds after it was sent; 0: "
                                          "only after a failure")},
                    {"on_failure", described(boolean(), "A failure begins it at once; true when left out")}},
                   {"connection", "content"}),
            static_cast<int>(domain::most_steps)),
        "What is sent to those whom the message before does not reach, in order");
}

Json on_uncertain_schema() {
    return schema::described(
        schema::one_of({"leave", "resend"}),
        "About messages of which nobody can say whether they were sent: \"leave\" them (at most once), or, "
        "at "
        "a blind provider, \"resend\" them (at least once). With \"resend\" a further step also begins "
        "although it is not known whether the earlier message arrived");
}

Json steps_schema() {
    using namespace schema;
    return Json{{"type", "array"},
                {"items", object({{"step", integer(1, 4)},
                                  {"campaign", text(20)},
                                  {"state", text(16)},
                                  {"state_text", text(500)},
                                  {"connection", text(20)},
                                  {"channel", text(16)},
                                  {"recipients", integer(0, INT64_MAX)},
                                  {"skipped", integer(0, INT64_MAX)}})},
                {"description", "Those that have begun. Recipients of one: of its `campaign`"}};
}

}  // namespace dakiya::api
