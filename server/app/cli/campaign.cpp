#include <chrono>
#include <cstdio>
#include <thread>

#include <unistd.h>

#include <Poco/URI.h>

#include "app/cli/commands.hpp"
#include "app/cli/rest.hpp"

namespace dakiya::app {

namespace {

constexpr std::chrono::milliseconds look_every{300};

// "a=b" → {a, b}
Result<std::pair<std::string, std::string>> pair_of(const std::string& text, const char* option) {
    const auto at = text.find('=');
    if (at == std::string::npos || at == 0)
        return invalid(option, std::string(option) + " \"" + text + "\" must be NAME=VALUE");
    return std::pair{text.substr(0, at), text.substr(at + 1)};
}

std::string encoded(const std::string& text) {
    std::string out;
    Poco::URI::encode(text, "!*'();:@&=+$,/?#[]\"{} ", out);
    return out;
}

// Column names as the import's mapping: phone, name and email by themselves, others as attributes.
Result<Json> mapping_of(const std::vector<std::string>& columns) {
    Json mapping = Json::object();
    Json attributes = Json::object();
    for (const std::string& column : columns) {
        const auto pair = pair_of(column, "--column");
        if (!pair) return pair.error();
        const bool own = pair->first == "phone" || pair->first == "name" || pair->first == "email";
        (own ? mapping : attributes).set(pair->first, pair->second);
    }
    if (!attributes.empty()) mapping.set("attributes", attributes);
    return mapping;
}

Result<Json> content_of(const CampaignSend& options) {
    if (options.template_name.empty()) {
        if (options.text.empty()) return invalid("--text", "say what to send: --text or --template");
        return Json{{"kind", "text"}, {"text", options.text}};
    }
    Json variables = Json::object();
    for (const std::string& variable : options.variables) {
        const auto pair = pair_of(variable, "--variable");
        if (!pair) return pair.error();
        variables.set(pair->first, pair->second);
    }
    return Json{{"kind", "template"},
                {"template", {{"name", options.template_name}, {"language", options.template_language}}},
                {"variables", variables}};
}

// One line that is drawn over itself on a terminal, and once a change elsewhere.
class Progress {
public:
    void show(const std::string& line) {
        if (line == last_) return;
        last_ = line;
        if (terminal_)
            std::printf("\r\033[K%s", line.c_str());
        else
            std::printf("%s\n", line.c_str());
        std::fflush(stdout);
    }
    ~Progress() {
        if (terminal_ && !last_.empty()) std::printf("\n");
    }

private:
    const bool terminal_ = isatty(STDOUT_FILENO) == 1;
    std::string last_;
};

// Waits until `done` says so of what `path` answers.
template <class Done, class Line>
Result<Json> follow(Rest& rest, const std::string& path, Done done, Line line) {
    Progress progress;
    for (;;) {
        auto seen = rest.get(path);
        if (!seen) return seen;
        progress.show(line(*seen));
        if (done(*seen)) return seen;
        std::this_thread::sleep_for(look_every);
    }
}

Result<std::string> import(Rest& rest, const CampaignSend& options) {
    const auto mapping = mapping_of(options.columns);
    if (!mapping) return mapping.error();
    const std::string tag =
        "import-" + std::to_string(std::chrono::system_clock::now().time_since_epoch().count());
    std::string path = "/v1/imports?tags=" + tag;
    if (!mapping->empty()) path += "&mapping=" + encoded(mapping->dump());
    const auto started = rest.post_file(path, options.csv, "text/csv");
    if (!started) return started.error();
    const std::string id = started->at("id");
    const auto ended = follow(
        rest, "/v1/imports/" + id,
        [](const Json& job) {
            return job.value("state", "") == "done" || job.value("state", "") == "failed";
        },
        [](const Json& job) {
            return "import   " + job.value("state", "") + ": " + job["created"].scalar() + " new, " +
                   job["updated"].scalar() + " updated, " + job["failed"].scalar() + " refused";
        });
    if (!ended) return ended.error();
    if (ended->value("state", "") == "failed")
        return Error{Code::invalid, "import: " + ended->value("error", ""), ""};
    const auto errors = rest.get("/v1/imports/" + id + "/errors?limit=5");
    if (!errors) return errors.error();
    for (const Json& error : errors->at("items"))
        std::printf("         line %s: %s\n", error["line"].scalar().c_str(),
                    error.value("text", "").c_str());
    if (ended->value("failed", 0) > 5)
        std::printf("         … all of them: GET /v1/imports/%s/errors\n", id.c_str());
    return tag;
}

std::string states_line(const Json& stats) {
    std::string line = "campaign";
    for (const auto& [state, n] : stats.at("states").members()) line += "  " + state + " " + n.scalar();
    return line + "  of " + stats["total"].scalar();
}

void print_funnel(const Json& stats) {
    const std::int64_t total = stats.value("total", 0);
    std::printf("\n%-12s %9s\n", "state", "people");
    for (const auto& [state, n] : stats.at("states").members())
        std::printf("%-12s %9s  %5.1f %%\n", state.c_str(), n.scalar().c_str(),
                    total == 0 ? 0.0 : 100.0 * n.number() / static_cast<double>(total));
    std::printf("%-12s %9lld\n", "total", static_cast<long long>(total));
    if (stats.at("reasons").empty()) return;
    std::printf("\n%-12s %-34s %9s\n", "state", "reason", "people");
    for (const Json& reason : stats.at("reasons"))
        std::printf("%-12s %-34s %9s\n", reason.value("state", "").c_str(),
                    reason.value("reason", "").c_str(), reason["count"].scalar().c_str());
}

// Everybody has been dealt with: attempted, skipped or cancelled.
std::int64_t still_open(const Json& stats) {
    const Json& states = stats.at("states");
    return states.value("queued", 0) + states.value("sending", 0);
}

Result<Json> run(const CampaignSend& options) {
    Rest rest(options.url, options.key);
    const auto content = content_of(options);
    if (!content) return content.error();
    const auto tag = import(rest, options);
    if (!tag) return tag.error();
    Json draft{{"name", options.name},         {"connection", options.connection},
               {"content", *content},          {"audience", {{"tags", Json::array({*tag})}}},
               {"category", options.category}, {"per_second", options.per_second}};
    if (!options.channel.empty()) draft.set("channel", options.channel);
    const auto campaign = rest.post("/v1/campaigns", draft);
    if (!campaign) return campaign.error();
    const std::string path = "/v1/campaigns/" + campaign->at("id").text();
    if (const auto started = rest.post(path + "/send", Json::object()); !started) return started.error();

    std::string state;
    const auto stats = follow(
        rest, path + "/stats",
        [&](const Json&) {
            const auto now = rest.get(path);
            if (now) state = now->value("state", "") + " " + now->value("state_text", "");
            return !now || !state.starts_with("sending");
        },
        states_line);
    if (!stats) return stats;
    std::printf("campaign is %s\n", state.c_str());
    return rest.get(path + "/stats");
}

}  // namespace

int send_campaign(const CampaignSend& options) {
    const auto stats = run(options);
    if (!stats) return fail(stats.error());
    print_funnel(*stats);
    if (const auto open = still_open(*stats); open > 0)
        return fail(Error{Code::conflict, std::to_string(open) + " recipients are in no final state", ""});
    return 0;
}

}  // namespace dakiya::app
