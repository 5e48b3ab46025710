#include "send/verdict.hpp"

#include <algorithm>
#include <optional>

#include <spdlog/spdlog.h>

namespace dakiya::send {

namespace {

using domain::Class;

constexpr std::int64_t most_tries = 1'000;

// What an error says of a further attempt, beside its class.
struct Again {
    Millis hint{0};          // not before
    int tries = 0;           // so many altogether at most; 0: as the class says
    bool file_gone = false;  // once more, with its file uploaded anew
};

bool may_retry(Class cls, const Again& again, int attempt) {
    if (again.tries > 0 && attempt >= again.tries) return false;
    return domain::may_retry(cls, attempt, again.hint) || (again.file_gone && attempt <= 1);
}

// Retried when the class and the provider allow it, else failed.
Verdict failure(Class cls, std::string code, std::string text, const Again& again, int attempt,
                std::uint64_t random) {
    Verdict verdict;
    verdict.cls = cls;
    verdict.code = std::move(code);
    verdict.text = std::move(text);
    if (may_retry(cls, again, attempt)) {
        verdict.how = Verdict::How::again;
        verdict.file_gone = again.file_gone;
        verdict.wait = domain::retry_delay(cls, attempt, again.hint, random);
    } else {
        verdict.how = Verdict::How::failed;
    }
    return verdict;
}

Verdict from_result(const Json& result, int attempt, std::uint64_t random) {
    const std::string status = result.value("status", "");
    Verdict verdict;
    if (status == "sent") {
        verdict.how = Verdict::How::sent;
        if (const Json* id = result.find("id")) verdict.provider_id = id->scalar();
        verdict.parts = static_cast<int>(result.value("parts", 0));
        verdict.cost = result.value("cost", 0);
        return verdict;
    }
    const Json& error = result["error"];
    Again again;
    if (error.is_object()) {
        again.hint = Millis(error.value("retry_after_ms", 0));
        again.tries = static_cast<int>(std::clamp<std::int64_t>(error.value("tries", 0), 0, most_tries));
        again.file_gone = error.value("media", "") == "gone";
    }
    std::string code = error["code"].scalar();
    std::string text = error.is_object() ? error.value("text", "") : "";
    const Class cls = error.is_object() ? domain::parse_class(error.value("class", "")) : Class::other;
    if (status == "failed") return failure(cls, std::move(code), std::move(text), again, attempt, random);
    verdict.how = Verdict::How::uncertain;
    if (const Json* id = result.find("id")) verdict.provider_id = id->scalar();
    verdict.cls = cls;
    verdict.code = std::move(code);
    verdict.text = std::move(text);
    return verdict;
}

Verdict unreadable(const char* why) {
    Verdict verdict;
    verdict.cls = Class::plugin;
    verdict.code = "bad_result";
    verdict.text = std::string("the plugin's result cannot be read: ") + why;
    return verdict;
}

// A result of another shape than its schema says tells us nothing about the message.
Verdict read_result(const Json& result, int attempt, std::uint64_t random) {
    try {
        return from_result(result, attempt, random);
    } catch (const JsonError& error) {
        return unreadable(error.what());
    }
}

// What did not come to an attempt did so with many others: they shall not all come back in the same moment.
Millis spread(Millis wait, std::uint64_t random) {
    const auto half = static_cast<std::uint64_t>(wait.count() / 2);
    return wait + Millis(static_cast<Millis::rep>(random % (half + 1)));
}

// For a recipient about whom the plugin said nothing.
Verdict without_result(const Ended& ended, int attempt, std::uint64_t random) {
    switch (ended.how) {
        case Ended::How::not_sent: {
            Verdict verdict;
            verdict.how = Verdict::How::again;
            verdict.cls = ended.cls;
            verdict.code = ended.code;
            verdict.text = ended.text;
            verdict.untried = ended.untried;
            verdict.wait = ended.untried ? spread(ended.retry_after, random)
                                         : domain::retry_delay(ended.cls, attempt, ended.retry_after, random);
            return verdict;
        }
        case Ended::How::fault:
            return failure(Class::plugin, ended.code, ended.text, {}, attempt, random);
        case Ended::How::unknown: {
            Verdict verdict;
            verdict.cls = ended.cls;
            verdict.code = ended.code;
            verdict.text = ended.text;
            return verdict;
        }
        case Ended::How::finished:
            break;
    }
    Verdict verdict;
    verdict.cls = Class::plugin;
    verdict.code = "no_result";
    verdict.text = "the plugin ended without saying what happened to this recipient";
    return verdict;
}

// A repeat that was refused, throttled above all, says nothing of the copy whose answer was lost.
void doubt(Verdict& verdict) {
    if (verdict.how != Verdict::How::failed && verdict.how != Verdict::How::again) return;
    verdict.how = Verdict::How::uncertain;
    verdict.wait = Millis(0);
    verdict.untried = false;
    verdict.text = "an answer was lost, and the repeat was refused: " + verdict.text;
}

std::vector<Verdict> all_verdicts(const Ended& ended, std::size_t recipients, int attempt,
                                  std::uint64_t random) {
    std::vector<std::optional<Verdict>> said(recipients);
    for (const plugin::Record& record : ended.records) {
        if (record.kind != "result") continue;
        // The plugin host has checked that `to` is there; the range is known only here.
        const auto to = static_cast<std::size_t>(record.json.at("to").integer());
        if (to < recipients && !said[to]) said[to] = read_result(record.json, attempt, random + to);
    }
    std::vector<Verdict> verdicts;
    verdicts.reserve(recipients);
    for (std::size_t i = 0; i < recipients; ++i)
        verdicts.push_back(said[i] ? std::move(*said[i]) : without_result(ended, attempt, random + i));
    if (ended.earlier_copy)
        for (Verdict& verdict : verdicts) doubt(verdict);
    return verdicts;
}

}  // namespace

// Whoever counts what is on its way waits for a verdict of each: when none can be given, nobody can say what
// happened.
std::vector<Verdict> judge(const Ended& ended, std::size_t recipients, int attempt, std::uint64_t random) {
    try {
        return all_verdicts(ended, recipients, attempt, random);
    } catch (const std::exception& error) {
        spdlog::error("the end of a call cannot be read: {}", error.what());
        return std::vector<Verdict>(recipients, unreadable(error.what()));
    }
}

Verdict lost_owner() {
    Verdict verdict;
    verdict.code = "lost_owner";
    verdict.text = "the server stopped while this message was being sent";
    return verdict;
}

Verdict not_again(std::string_view why) {
    Verdict verdict;
    verdict.code = "not_again";
    verdict.text = "an earlier attempt may have arrived; it is not sent again: " + std::string(why);
    return verdict;
}

domain::Ending ending_of(const Verdict& verdict, std::int64_t begun_at) {
    using How = domain::Ending::How;
    domain::Ending ending{How::unknown, verdict.cls, verdict.code, verdict.text, begun_at};
    if (verdict.how == Verdict::How::sent) ending.how = How::good;
    if (verdict.how == Verdict::How::failed) ending.how = How::failed;
    if (verdict.how == Verdict::How::again) ending.how = How::again;
    // With its file uploaded anew: nothing is said of the content yet.
    if (verdict.file_gone) ending.cls = Class::other;
    return ending;
}

std::vector<Json> events_of(const Ended& ended) {
    std::vector<Json> events;
    for (const plugin::Record& record : ended.records)
        if (record.kind == "event") events.push_back(record.json);
    return events;
}

}  // namespace dakiya::send
