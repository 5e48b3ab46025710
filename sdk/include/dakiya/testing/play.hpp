// dakiya/testing/play.hpp - plays one case: turn by turn with the recorded replies, or one webhook request.
#ifndef DAKIYA_TESTING_PLAY_HPP
#define DAKIYA_TESTING_PLAY_HPP

#include <set>
#include <string>
#include <vector>

#include "dakiya/form.hpp"
#include "dakiya/json.hpp"
#include "dakiya/testing/case.hpp"
#include "dakiya/testing/match.hpp"
#include "dakiya/testing/probe.hpp"

namespace dakiya::testing {

// How an operation ended. `waiting`: it asked for something and the case gives no reply.
struct Played {
    dk_status status = DK_OK;
    std::string explanation;
    std::vector<Record> records;
    bool waiting = false;
};

namespace detail {

inline Turn first_turn(const Case& one) {
    return {one.op, one.input.dump(), {}, {}, std::nullopt, one.credential, one.now_ms};
}

inline void next_turn(Turn& turn, const Asked& asked, const Reply& reply) {
    turn.step = asked.step;
    turn.memo = asked.memo;
    turn.reply = reply;
}

inline Json fields_of(const Form& form) {
    Json fields = Json::object();
    for (const Form::Field& field : form.fields()) {
        if (!fields.contains(field.first)) fields.set(field.first, Json::array());
        fields.find(field.first)->push_back(field.second);
    }
    return fields;
}

inline std::string parse_difference(const std::string& body, const Json& expected) {
    try {
        return difference(Json::parse(body), expected, Extra::refused);
    } catch (const JsonError& error) {
        return std::string(error.what());
    }
}

inline std::string part_difference(const Asked::Part& part, const Json& expected) {
    Json actual{{"name", part.name},
                {"filename", part.filename},
                {"content_type", part.content_type},
                {"blob", part.blob},
                {"bytes", part.bytes}};
    return difference(actual, expected, Extra::allowed);
}

// The body as JSON, as a form or as text, whichever the case shows; a body that it does not show is a
// difference.
inline std::string body_difference(const Asked& asked, const Json& expected) {
    const std::string type = asked.header("content-type");
    if (const Json* json = expected.find("json")) return parse_difference(asked.body, *json);
    if (const Json* form = expected.find("form"))
        return difference(fields_of(Form::parse(asked.body)), fields_of(read_form(*form)), Extra::refused);
    if (const Json* body = expected.find("body")) {
        if (type.find("json") != type.npos) return parse_difference(asked.body, Json::parse(body->text()));
        if (type.find("x-www-form-urlencoded") != type.npos)
            return difference(fields_of(Form::parse(asked.body)), fields_of(Form::parse(body->text())),
                              Extra::refused);
        return difference(Json(asked.body), *body, Extra::refused);
    }
    if (const Json* blob = expected.find("blob"))
        return difference(Json(asked.body_blob), *blob, Extra::refused);
    if (const Json* parts = expected.find("parts")) {
        if (parts->size() != asked.parts.size())
            return "expected " + std::to_string(parts->size()) + " parts, got " +
                   std::to_string(asked.parts.size());
        for (std::size_t i = 0; i < asked.parts.size(); ++i)
            if (std::string text = part_difference(asked.parts[i], parts->at(i)); !text.empty())
                return "part " + std::to_string(i) + ": " + text;
        return {};
    }
    if (asked.body_blob || !asked.parts.empty()) return "the body is not shown in the case";
    return asked.body.empty() ? std::string() : "the case does not show this body: " + asked.body;
}

inline std::string asked_difference(const Asked& asked, const Exchange& exchange) {
    if (!exchange.effect.is_null()) {
        if (Json(asked.kind) != exchange.effect["kind"])
            return "expected the effect " + exchange.effect.dump() + ", got " + asked.kind;
        return parse_difference(asked.body, exchange.effect["json"]);
    }
    const Json& expected = exchange.request;
    if (asked.kind != "http") return "expected a request, got the effect " + asked.kind + ' ' + asked.body;
    const std::string line = expected.value("method", "GET") + ' ' + expected.at("url").text();
    if (line != asked.method + ' ' + asked.url)
        return "expected " + line + ", got " + asked.method + ' ' + asked.url;
    for (const auto& [name, value] : read_headers(expected["headers"]))
        if (value != asked.header(name))
            return "header " + name + ": expected \"" + value + "\", got \"" + asked.header(name) + '"';
    const Json actual{{"limit", asked.limit},
                      {"repeatable", (asked.flags & DK_HTTP_REPEATABLE) != 0},
                      {"secret_body", (asked.flags & DK_HTTP_SECRET_BODY) != 0},
                      {"reply_to_blob", (asked.flags & DK_HTTP_REPLY_TO_BLOB) != 0}};
    for (const Json::Member& member : actual.members())
        if (const Json* wanted = expected.find(member.first); wanted && *wanted != member.second)
            return member.first + ": expected " + wanted->dump() + ", got " + member.second.dump();
    const std::string text = body_difference(asked, expected);
    return text.empty() ? text : "body: " + text;
}

inline std::string status_name(const Json& expected) {
    std::string name = expected.value("status", "OK");
    if (name.rfind("DK_", 0) == 0) name.erase(0, 3);
    for (char& c : name)
        if (c >= 'a' && c <= 'z') c = static_cast<char>(c - ('a' - 'A'));
    return name;
}

// Records are compared in order, by the keys that the case names.
inline void check_records(const std::vector<Record>& records, const Json& expected, Report& report,
                          const std::string& where) {
    if (expected.is_null()) return;
    Json actual = Json::array();
    for (const Record& record : records) actual.push_back(Json{{record.kind, Json::parse(record.json)}});
    report.check(actual.size() == expected.size(),
                 where + ": expected " + std::to_string(expected.size()) + " records, got " + actual.dump());
    for (std::size_t i = 0; i < std::min(actual.size(), expected.size()); ++i) {
        const std::string text = difference(actual.at(i), expected.at(i), Extra::allowed);
        report.check(text.empty(),
                     where + ": record " + std::to_string(i) + ": " + text + " in " + actual.at(i).dump());
    }
}

}  // namespace detail

// A send that is over has exactly one result for every recipient.
inline void check_results(const Played& played, const Case& one, Report& report, const std::string& where) {
    if (one.op != "send" || played.waiting || played.status != DK_OK) return;
    std::set<std::int64_t> seen;
    const auto count = static_cast<std::int64_t>(one.input["to"].size());
    for (const Record& record : played.records) {
        if (record.kind != "result") continue;
        const std::int64_t to = Json::parse(record.json).value("to", std::int64_t{-1});
        report.check(to >= 0 && to < count,
                     where + ": result for recipient " + std::to_string(to) + " of " + std::to_string(count));
        report.check(seen.insert(to).second, where + ": two results for recipient " + std::to_string(to));
    }
    report.check(
        static_cast<std::int64_t>(seen.size()) == count,
        where + ": " + std::to_string(seen.size()) + " results for " + std::to_string(count) + " recipients");
}

inline Played play_operation(Probe& probe, const Case& one) {
    Report& report = probe.report();
    const std::size_t most = one.op.size() > 5 && one.op.substr(one.op.size() - 5) == ".list" ? 1000 : 16;
    Played played;
    Turn turn = detail::first_turn(one);
    for (std::size_t i = 0; i < most; ++i) {
        const std::string where = one.name + ", turn " + std::to_string(i + 1);
        const Outcome outcome = probe.advance(turn, where);
        played.status = outcome.status;
        played.explanation = outcome.explanation;
        played.records.insert(played.records.end(), outcome.records.begin(), outcome.records.end());
        if (outcome.status != DK_OK || outcome.asked.empty()) {
            report.check(i == one.turns.size(),
                         where + ": ended, but the case has " + std::to_string(one.turns.size()) +
                             " requests (" + name_of(outcome.status) + " " + outcome.explanation + ")");
            return played;
        }
        const Asked& asked = outcome.asked.front();
        if (!report.check(i < one.turns.size(), where + ": asked for " + asked.method + ' ' + asked.url +
                                                    ", which is not in the case")) {
            played.waiting = true;
            return played;
        }
        const std::string text = detail::asked_difference(asked, one.turns[i]);
        report.check(text.empty(), where + ": " + text);
        if (!one.turns[i].reply) {
            report.check(i + 1 == one.turns.size(), where + ": only the last turn may have no reply");
            played.waiting = true;
            return played;
        }
        detail::next_turn(turn, asked, *one.turns[i].reply);
    }
    report.check(false, one.name + ": more than " + std::to_string(most) + " turns");
    return played;
}

inline void play_webhook(Probe& probe, const Case& one) {
    Report& report = probe.report();
    const Json& expected = one.expect;
    const bool rejected = expected["verify"] == Json("rejected");
    // Then the host has found its secret in the path, and does not ask the plugin.
    const bool by_path = probe.plugin().manifest()["webhook"]["auth"] == Json("path_or_signature") &&
                         !expected.contains("verify");
    if (probe.connection().verifies() && !by_path) {
        const Outcome outcome = probe.verify(one.inbound, one.name);
        report.check((outcome.status == DK_REJECTED) == rejected && (rejected || outcome.status == DK_OK),
                     one.name + ": verify answered " + name_of(outcome.status) + " " + outcome.explanation);
        if (const Json* body = expected.find("respond"))
            report.check(outcome.respond && Json(outcome.respond->second) == *body,
                         one.name + ": expected the answer " + body->dump() + ", got " +
                             (outcome.respond ? Json(outcome.respond->second).dump() : "none"));
    } else {
        report.check(!rejected, one.name + ": this provider has no verify that could reject");
    }
    if (rejected || (!expected.contains("records") && !expected.contains("status"))) return;
    if (!report.check(probe.connection().parses(), one.name + ": this provider has no parse")) return;
    const Outcome outcome = probe.parse(one.inbound, one.name);
    report.check(name_of(outcome.status) == detail::status_name(expected),
                 one.name + ": parse answered " + name_of(outcome.status) + " " + outcome.explanation);
    detail::check_records(outcome.records, expected["records"], report, one.name);
}

// Plays the case and checks what it expects.
inline void play(Probe& probe, const Case& one) {
    Report& report = probe.report();
    ++report.cases;
    if (one.webhook()) return play_webhook(probe, one);
    const Played played = play_operation(probe, one);
    report.check(name_of(played.status) == detail::status_name(one.expect),
                 one.name + ": ended with " + name_of(played.status) + " " + played.explanation);
    if (const Json* words = one.expect.find("explain"))
        report.check(played.explanation.find(words->text()) != std::string::npos,
                     one.name + ": expected an explanation with " + words->dump() + ", got \"" +
                         played.explanation + '"');
    detail::check_records(played.records, one.expect["records"], report, one.name);
    check_results(played, one, report, one.name);
}

}  // namespace dakiya::testing

#endif
