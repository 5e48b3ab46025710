// dakiya/testing/probe.hpp - calls a connection and checks, on every single call, the rules that hold for all
// of them: pure, no fault, no secret in what people read, allowed hosts only, records that match their
// schema.
#ifndef DAKIYA_TESTING_PROBE_HPP
#define DAKIYA_TESTING_PROBE_HPP

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "dakiya/encoding.hpp"
#include "dakiya/form.hpp"
#include "dakiya/json.hpp"
#include "dakiya/testing/library.hpp"
#include "dakiya/testing/match.hpp"
#include "dakiya/testing/schema.hpp"

namespace dakiya::testing {

// The closed list (docs/design.md 3.5).
inline bool is_error_class(std::string_view word) {
    constexpr std::array<std::string_view, 14> classes{
        "recipient", "opted_out", "window",  "content", "template", "policy", "throttled",
        "provider",  "auth",      "balance", "quota",   "config",   "plugin", "other"};
    return std::find(classes.begin(), classes.end(), word) != classes.end();
}

namespace detail {

inline std::string host_of(std::string_view url) {
    const std::size_t scheme = url.find("://");
    if (scheme != url.npos) url.remove_prefix(scheme + 3);
    return std::string(url.substr(0, url.find_first_of("/?#:")));
}

// A host of the manifest: exact, "*.domain", or "${setting}" with a URL or a host in that setting.
inline bool host_matches(std::string_view pattern, const std::string& host, const Json& settings) {
    if (pattern.substr(0, 2) == "${" && pattern.back() == '}') {
        const Json& value = settings[pattern.substr(2, pattern.size() - 3)];
        return value.is_string() && host_of(value.text()) == host;
    }
    if (pattern.substr(0, 2) != "*.") return pattern == host;
    pattern.remove_prefix(1);
    return host.size() > pattern.size() &&
           std::string_view(host).substr(host.size() - pattern.size()) == pattern;
}

}  // namespace detail

// Not shared between threads: each has its own, on the same Connection, with its own Report.
class Probe {
public:
    Probe(const Plugin& plugin, const Connection& connection, Json settings, const Schemas* schemas,
          Report& report)
        : plugin_(plugin),
          connection_(connection),
          settings_(std::move(settings)),
          schemas_(schemas),
          report_(report) {
        const Json& properties = plugin.manifest()["settings"]["properties"];
        if (!properties.is_object()) return;
        for (const Json::Member& property : properties.members()) {
            if (!property.second.value("x-secret", false)) continue;
            const Json& value = settings_[property.first];
            if (value.is_string() && value.text().size() >= 6)
                secrets_.insert(secrets_.end(), {value.text(), base64(value.text()), percent(value.text())});
        }
    }

    const Connection& connection() const { return connection_; }
    const Json& settings() const { return settings_; }
    const Plugin& plugin() const { return plugin_; }
    Report& report() { return report_; }
    // A URL that a damaged reply made up ("next page") is not the plugin's fault; the host refuses it.
    void expect_damaged_replies() { genuine_ = false; }

    Outcome advance(const Turn& turn, const std::string& where) {
        return watched(where, [&] { return connection_.advance(turn); });
    }
    Outcome verify(const Inbound& in, const std::string& where) {
        return watched(where, [&] { return connection_.verify(in); });
    }
    Outcome parse(const Inbound& in, const std::string& where) {
        const Outcome outcome = watched(where, [&] { return connection_.parse(in); });
        if (plugin_.manifest()["channels"].size() > 1)
            for (const Record& record : outcome.records) check_channel(Json::parse(record.json), where);
        return outcome;
    }

private:
    template <class Call>
    Outcome watched(const std::string& where, Call&& call) {
        Outcome outcome = call();
        report_.check(call().fingerprint() == outcome.fingerprint(),
                      where + ": the same call twice gave two answers; a plugin must be a pure function");
        report_.check(outcome.status != DK_INTERNAL, where + ": fault in the plugin: " + outcome.explanation);
        report_.check(outcome.status == DK_OK || !outcome.explanation.empty(),
                      where + ": answered " + name_of(outcome.status) + " without an explanation");
        report_.check(outcome.asked.size() <= 1, where + ": asked for two effects in one turn");
        check_secrets(outcome, where);
        for (const Asked& asked : outcome.asked) check_asked(asked, where);
        for (const Record& record : outcome.records) check_record(record, where);
        return outcome;
    }

    void check_secrets(const Outcome& outcome, const std::string& where) {
        for (const std::string& secret : secrets_) {
            const auto shows = [&](const std::string& text) { return text.find(secret) != text.npos; };
            report_.check(!shows(outcome.explanation), where + ": the explanation shows a secret setting");
            for (const std::string& line : outcome.logs)
                report_.check(!shows(line), where + ": a log line shows a secret setting");
            for (const Record& record : outcome.records)
                if (record.kind != "credential" && record.kind != "settings")
                    report_.check(!shows(record.json),
                                  where + ": a \"" + record.kind + "\" record shows a secret setting");
        }
    }

    void check_asked(const Asked& asked, const std::string& where) {
        report_.check(asked.memo.size() <= 64 * 1024, where + ": the memo is larger than 64 KiB");
        if (asked.kind != "http") {
            bool named = false;
            for (const Json& word : plugin_.manifest()["requires"]) named |= word == Json(asked.kind);
            report_.check(named, where + ": the manifest's \"requires\" does not name " + asked.kind);
            return;
        }
        if (genuine_) check_url(asked.url, where);
        for (const auto& header : asked.headers)
            report_.check(header.second.find_first_of("\r\n") == std::string::npos,
                          where + ": header " + header.first + " contains a line break");
    }

    void check_url(const std::string& url, const std::string& where) {
        const bool absolute = url.rfind("https://", 0) == 0 || url.rfind("http://", 0) == 0;
        report_.check(absolute, where + ": the URL is not absolute: " + url);
        const std::string host = detail::host_of(url);
        bool allowed = false;
        for (const Json& pattern : plugin_.manifest()["hosts"])
            allowed |= detail::host_matches(pattern.text(), host, settings_);
        report_.check(allowed, where + ": the manifest's \"hosts\" does not name " + host);
    }

    // A STOP closes the channel that it came through.
    void check_channel(const Json& event, const std::string& where) {
        const std::string kind = event.value("kind", "");
        report_.check((kind != "inbound" && kind != "consent") || event.contains("channel"),
                      where + ": the event " + event.dump() +
                          " does not name its channel, and the provider has several");
    }

    void check_record(const Record& record, const std::string& where) {
        const std::string what = where + ": the \"" + record.kind + "\" record " + record.json;
        if (schemas_) {
            const Schema* schema = schemas_->find("record/" + record.kind);
            if (!report_.check(schema, where + ": \"" + record.kind + "\" is not a kind of record")) return;
            const std::string violation = schema->violation(record.json);
            report_.check(violation.empty(), what + " does not match its schema: " + violation);
        }
        const Json fields = Json::parse(record.json);
        const Json& cls = fields["error"]["class"];
        if (!cls.is_null())
            report_.check(cls.is_string() && is_error_class(cls.text()),
                          what + " has an error class that is not in the list");
    }

    const Plugin& plugin_;
    const Connection& connection_;
    Json settings_;
    const Schemas* schemas_;
    Report& report_;
    std::vector<std::string> secrets_;
    bool genuine_ = true;
};

}  // namespace dakiya::testing

#endif
