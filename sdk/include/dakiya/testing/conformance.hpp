// dakiya/testing/conformance.hpp - what every provider must stand, whatever its cases say. The cases supply
// the material: their inputs are damaged, their replies replaced, their webhooks flipped.
#ifndef DAKIYA_TESTING_CONFORMANCE_HPP
#define DAKIYA_TESTING_CONFORMANCE_HPP

#include <array>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "dakiya/json.hpp"
#include "dakiya/testing/case.hpp"
#include "dakiya/testing/lint.hpp"
#include "dakiya/testing/play.hpp"
#include "dakiya/testing/probe.hpp"

namespace dakiya::testing {

namespace detail {

constexpr std::array<std::string_view, 10> rubbish{"",
                                                   "null",
                                                   "[]",
                                                   "{}",
                                                   "{",
                                                   "42",
                                                   "\"x\"",
                                                   "<html></html>",
                                                   "\xff\xfe\x01",
                                                   "{\"a\":{\"b\":[1,{\"c\":null}]}}"};

// Adds `whole` once for every value below `spot`, with that value replaced by null and by every other type.
// Of an array only the first item is treated: the others are read by the same code.
inline void damage(Json& spot, const Json& whole, std::vector<std::string>& out) {
    if (spot.is_array() && !spot.empty()) damage(spot.items().front(), whole, out);
    if (!spot.is_object()) return;
    for (Json::Member& member : spot.members()) {
        damage(member.second, whole, out);
        const Json kept = member.second;
        for (const Json& wrong : {Json(), Json(7), Json("x"), Json::array(), Json::object()}) {
            member.second = wrong;
            out.push_back(whole.dump());
        }
        member.second = kept;
    }
}

inline std::vector<std::string> damaged(Json json) {
    std::vector<std::string> out;
    damage(json, json, out);
    return out;
}

}  // namespace detail

inline void refuses_unknown_operations(Probe& probe) {
    const Outcome outcome =
        probe.advance({"no.such.operation", "{}", {}, {}, std::nullopt, {}, 0}, "unknown operation");
    probe.report().check(
        outcome.status == DK_UNSUPPORTED,
        std::string("an unknown operation must be answered UNSUPPORTED, not ") + name_of(outcome.status));
}

// A case with a credential, played without: the host gets one when it is told so by class `auth`.
inline void asks_for_a_credential(Probe& probe, const Case& one) {
    if (one.credential.empty()) return;
    Turn turn = detail::first_turn(one);
    turn.credential.clear();
    const Outcome outcome = probe.advance(turn, one.name + ", no credential");
    if (!outcome.asked.empty()) return;
    bool said = false;
    for (const Record& record : outcome.records) {
        const Json fields = Json::parse(record.json);
        said |= (record.kind == "account" ? fields : fields["error"])["class"] == Json("auth");
    }
    probe.report().check(said, one.name + ": without its credential the operation must end in class auth");
}

// The host asks about as many messages at once as the manifest lets it (100 when it does not say).
inline void takes_as_many_ids_as_it_says(Probe& probe, const Case& one, const Json& manifest) {
    if (one.op != "status") return;
    Json ids = Json::array();
    const std::int64_t most = manifest["ops"]["status"].value("max", std::int64_t{100});
    for (std::int64_t i = 0; i < most; ++i) ids.push_back("id-" + std::to_string(i));
    Turn turn = detail::first_turn(one);
    turn.input = Json{{"ids", ids}}.dump();
    const std::string where = one.name + ", with as many ids as the manifest allows";
    const Outcome outcome = probe.advance(turn, where);
    probe.report().check(outcome.status == DK_OK,
                         where + ": answered " + name_of(outcome.status) + ' ' + outcome.explanation);
}

// A proxy or a hotel's login page answers 200 to everything: that is no proof that an account works.
inline void believes_no_login_page(Probe& probe, const Case& one) {
    if (one.op != "check") return;
    Turn turn = detail::first_turn(one);
    const Outcome first = probe.advance(turn, one.name);
    if (first.asked.size() != 1) return;
    detail::next_turn(turn, first.asked.front(), {200, {}, "<html>Please log in</html>", 0, {}});
    const std::string where = one.name + ", answered by a login page";
    for (const Record& record : probe.advance(turn, where).records)
        probe.report().check(record.kind != "account" || Json::parse(record.json)["ok"] != Json(true),
                             where + ": the account must not be called ok");
}

// Wrong input may be refused or coped with; the probe sees to it that it is no fault.
inline void survives_rubbish_input(Probe& probe, const Case& one) {
    const std::string where = one.name + ", damaged input";
    Turn turn = detail::first_turn(one);
    const auto feed = [&](std::string input) {
        turn.input = std::move(input);
        const Outcome outcome = probe.advance(turn, where + ' ' + turn.input.substr(0, 200));
        probe.report().check(
            outcome.status == DK_OK || outcome.status == DK_BAD_INPUT || outcome.status == DK_UNSUPPORTED,
            where + ": answered " + name_of(outcome.status));
    };
    for (const std::string_view text : detail::rubbish) feed(std::string(text));
    for (std::string& input : detail::damaged(one.input)) feed(std::move(input));
}

// Every HTTP status, every transport error and rubbish instead of every reply of the case. Afterwards each
// recipient has a result, unless the plugin says that the answer makes no sense (BAD_REPLY) or asks for more.
inline void survives_rubbish_replies(Probe& probe, const Case& one) {
    Turn turn = detail::first_turn(one);
    std::vector<Record> before;
    for (std::size_t i = 0; i < one.turns.size() && one.turns[i].reply; ++i) {
        const Outcome outcome = probe.advance(turn, one.name);
        if (outcome.status != DK_OK || outcome.asked.size() != 1) return;  // play() has told
        before.insert(before.end(), outcome.records.begin(), outcome.records.end());
        const Reply& recorded = *one.turns[i].reply;
        const auto feed = [&](const Reply& reply, const std::string& what) {
            const std::string where = one.name + ", reply " + std::to_string(i + 1) + " replaced by " + what;
            detail::next_turn(turn, outcome.asked.front(), reply);
            const Outcome after = probe.advance(turn, where);
            probe.report().check(after.status == DK_OK || after.status == DK_BAD_REPLY,
                                 where + ": answered " + name_of(after.status) + ' ' + after.explanation);
            Played played{after.status, {}, before, !after.asked.empty()};
            played.records.insert(played.records.end(), after.records.begin(), after.records.end());
            check_results(played, one, probe.report(), where);
        };
        for (std::uint32_t status = 100; status < 600; ++status) {
            const std::string what = "status " + std::to_string(status);
            feed({status, recorded.headers, recorded.body, recorded.blob, {}}, what);
            feed({status, {}, {}, 0, {}}, what + " without a body");
        }
        for (const char* error : {"connect", "tls", "timeout", "too_large", "refused"})
            feed({0, {}, {}, 0, error}, std::string("the error ") + error);
        for (const std::string_view body : detail::rubbish)
            for (const std::uint32_t status : {200U, 400U, 500U})
                feed({status, recorded.headers, std::string(body), 0, {}}, "rubbish");
        if (recorded.body.size() < 20000) {
            try {
                for (const std::string& body : detail::damaged(Json::parse(recorded.body)))
                    feed({recorded.status, recorded.headers, body, 0, {}},
                         "the damaged " + body.substr(0, 200));
            } catch (const JsonError&) {
                feed({recorded.status,
                      recorded.headers,
                      recorded.body.substr(0, recorded.body.size() / 2),
                      0,
                      {}},
                     "its first half");
            }
        }
        detail::next_turn(turn, outcome.asked.front(), recorded);
    }
}

inline void survives_rubbish_webhooks(Probe& probe, const Case& one) {
    Inbound in = one.inbound;
    const auto feed = [&](std::string body) {
        in.body = std::move(body);
        const std::string where = one.name + ", damaged webhook " + in.body.substr(0, 200);
        if (probe.connection().verifies()) probe.verify(in, where);
        if (probe.connection().parses()) probe.parse(in, where);
    };
    for (const std::string_view text : detail::rubbish) feed(std::string(text));
    feed(one.inbound.body.substr(0, one.inbound.body.size() / 2));
    if (one.inbound.body.empty() || one.inbound.body[0] != '{') return;
    for (std::string& body : detail::damaged(Json::parse(one.inbound.body))) feed(std::move(body));
}

// A body with one bit changed, or no headers at all, is not from the provider.
inline void refuses_forged_webhooks(Probe& probe, const Case& one) {
    if (one.inbound.body.empty() || one.expect["verify"] == Json("rejected")) return;
    Inbound in = one.inbound;
    const auto refused = [&](const std::string& what) {
        const Outcome outcome = probe.verify(in, one.name + ", " + what);
        probe.report().check(outcome.status == DK_REJECTED, one.name + ": verify accepts " + what);
    };
    const std::size_t stride = in.body.size() / 16 + 1;
    for (std::size_t at = 0; at < in.body.size(); at += stride) {
        in.body[at] = static_cast<char>(in.body[at] ^ 1);
        refused("a body with a flipped bit at byte " + std::to_string(at));
        in.body[at] = one.inbound.body[at];
    }
    in.headers.clear();
    refused("a request without its headers");
}

// Plays every case and every rule for one plugin. Connections are shared between cases of equal settings.
class Conformance {
public:
    Conformance(const Plugin& plugin, std::vector<Case> cases, const Schemas* schemas)
        : plugin_(plugin), cases_(std::move(cases)), schemas_(schemas) {}

    Report run() {
        lint(plugin_, schemas_, report_);
        open_all();
        if (!report_.failures.empty()) return report_;
        for (const Case& one : cases_) {
            Probe probe = probe_for(one, report_);
            play(probe, one);
        }
        covers_every_operation();
        for (const Case& one : cases_) stress(one);
        from_eight_threads();
        return report_;
    }

private:
    void open_all() {
        const Schema rules(plugin_.manifest().contains("settings") ? plugin_.manifest()["settings"].dump()
                                                                   : "{}");
        for (const Case& one : cases_) {
            const std::string settings = one.settings.dump();
            const std::string violation = rules.violation(settings);
            report_.check(violation.empty(),
                          one.name + ": the settings do not match the manifest: " + violation);
            if (const Schema* schema = schemas_ ? schemas_->find(one.op) : nullptr) {
                const std::string wrong = schema->violation(one.input.dump());
                report_.check(wrong.empty(), one.name + ": the input does not match sdk/schema: " + wrong);
            }
            auto& connection = connections_[settings];
            if (connection) continue;
            connection = std::make_unique<Connection>(plugin_, settings);
            report_.check(connection->open(),
                          one.name + ": the settings do not open: " + connection->opened().explanation);
        }
        for (const std::string_view text : {"{}", "[]", "null", "{", "{\"a\":1}"}) {
            const Connection connection(plugin_, text);
            report_.check(connection.opened().status == DK_OK || connection.opened().status == DK_BAD_INPUT,
                          "opening with the settings " + std::string(text) +
                              " must be refused as BAD_INPUT, not " + name_of(connection.opened().status));
        }
    }

    Probe probe_for(const Case& one, Report& report) const {
        return {plugin_, *connections_.at(one.settings.dump()), one.settings, schemas_, report};
    }

    void covers_every_operation() {
        for (const Json::Member& op : plugin_.manifest().at("ops").members()) {
            bool seen = false;
            for (const Case& one : cases_) seen |= one.op == op.first;
            report_.check(seen, "no case plays the operation \"" + op.first + "\" of the manifest");
        }
        if (!signs()) return;
        bool rejected = false;
        for (const Case& one : cases_) rejected |= one.expect["verify"] == Json("rejected");
        report_.check(rejected, "no case shows a webhook that is rejected");
    }

    void stress(const Case& one) {
        Probe probe = probe_for(one, report_);
        if (one.webhook()) {
            survives_rubbish_webhooks(probe, one);
            if (signs()) refuses_forged_webhooks(probe, one);
            return;
        }
        refuses_unknown_operations(probe);
        asks_for_a_credential(probe, one);
        takes_as_many_ids_as_it_says(probe, one, plugin_.manifest());
        believes_no_login_page(probe, one);
        survives_rubbish_input(probe, one);
        probe.expect_damaged_replies();
        survives_rubbish_replies(probe, one);
    }

    void from_eight_threads() {
        std::array<Report, 8> reports;
        std::vector<std::thread> threads;
        for (Report& report : reports)
            threads.emplace_back([&] {
                for (const Case& one : cases_) {
                    Probe probe = probe_for(one, report);
                    play(probe, one);
                }
            });
        for (std::thread& thread : threads) thread.join();
        for (Report& report : reports) {
            report.cases = 0;
            for (std::string& sentence : report.failures) sentence = "from eight threads: " + sentence;
            report_.add(report);
        }
    }

    bool signs() const { return plugin_.manifest()["webhook"]["auth"] == Json("signature"); }

    const Plugin& plugin_;
    std::vector<Case> cases_;
    const Schemas* schemas_;
    std::map<std::string, std::unique_ptr<Connection>> connections_;
    Report report_;
};

}  // namespace dakiya::testing

#endif
