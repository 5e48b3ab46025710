// The pretend provider: what it accepted, by our reference, and the plugin that speaks with it. Its ledger is
// the judge of what reached people.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "chance.hpp"
#include "dakiya/json.hpp"
#include "plan.hpp"
#include "plugin/provider.hpp"
#include "timeline.hpp"
#include "trace.hpp"

namespace dakiya::simulate {

// One of our messages as the provider knows it.
struct Entry {
    std::string address, text;
    std::set<std::string> keys;              // of the sends that it took: each is a message on the phone
    int copies = 0;                          // on the phone
    bool delivered = false, failed = false;  // reported so
    int lookups_answered = 0;
};

class Provider {
public:
    // tell: takes the events that are to reach one of our webhooks in the end.
    Provider(const Plan& plan, Chance& chance, Timeline& timeline, Trace& trace,
             std::function<void(Json event)> tell)
        : plan_(plan), chance_(chance), timeline_(timeline), trace_(trace), tell_(std::move(tell)) {}

    // The answer to a request of the plugin below: a list of records.
    std::string serve(const std::string& operation, const std::string& body);
    // No more trouble from now on.
    void behave() { behaves_ = true; }

    const std::map<std::string, Entry>& ledger() const { return ledger_; }

private:
    Json send(const Json& input);
    Json one(const Json& to, std::size_t position, const std::string& key);
    Json accept(const Json& to, const std::string& key, std::size_t position);
    void report(const std::string& ref, const Entry& entry, const std::string& status, std::int64_t delay_ms);
    Json settle(const Json& input);
    Json event(const std::string& ref, const Entry& entry, const std::string& status) const;

    const Plan& plan_;
    Chance& chance_;
    Timeline& timeline_;
    Trace& trace_;
    const std::function<void(Json)> tell_;
    std::map<std::string, Entry> ledger_;
    bool behaves_ = false;
};

// What a node loads instead of a library: posts what it was given, reads the records of the answer.
std::shared_ptr<const plugin::Provider> pretend_plugin(const Plan& plan);

inline constexpr std::string_view provider_id = "pretend";
inline constexpr std::string_view business = "shop";  // whose people are counted, of the settings
inline constexpr std::string_view provider_host = "https://pretend.example/";

}  // namespace dakiya::simulate
