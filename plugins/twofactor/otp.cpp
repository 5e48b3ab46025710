#include "otp.hpp"

#include "answer.hpp"
#include "dakiya/text.hpp"

namespace twofactor {

using dakiya::Error;
using dakiya::Fault;
using dakiya::Json;
using dakiya::lower;
using dakiya::Next;
using dakiya::percent;
using dakiya::Turn;

namespace {

constexpr std::int64_t made_digits = 6;  // of AUTOGEN
constexpr std::string_view voice_prefix =
    "voice:";  // of our ids: a call's code is checked at another address

Next refused(const Error& error) { return Next::done().record("otp", {{"error", error.json()}}); }

Error error_after(const Account& account, const Turn& turn) {
    if (turn.reply()->status() == 0)
        return {"provider", std::string(turn.reply()->error()), "2Factor could not be reached"};
    return read_answer(account, *turn.reply()).error;
}

bool wants_voice(const Json& in) { return in.value("channel", "sms") == "voice"; }

}  // namespace

Next send_code(const Account& account, const Turn& turn) {
    const Json& in = turn.input();
    const bool voice = wants_voice(in);
    if (const dakiya::Reply* reply = turn.reply()) {
        const Answer answer = read_answer(account, *reply);
        if (answer.kind != Answer::Kind::accepted) return refused(error_after(account, turn));
        return Next::done().record("otp", {{"id", std::string(voice ? voice_prefix : "") + answer.details}});
    }
    const auto digits = digits_of(in.value("address", ""));
    if (!digits)
        return refused(
            {"recipient", "not_indian", "2Factor reaches Indian numbers only, such as +919812345678"});
    if (const std::string channel = in.value("channel", "sms"); channel != "sms" && !voice)
        return refused(
            {"config", "no_channel", "2Factor sends its one-time codes by SMS or voice, not by " + channel});
    if (!voice && in.value("length", made_digits) != made_digits)
        return refused({"content", "length", "2Factor makes codes of 6 digits"});
    if (voice) return account.get("/VOICE/" + *digits + "/AUTOGEN");
    const std::string own = in.value("template", "");
    const std::string& name = own.empty() ? account.otp_template : own;
    return account.get("/SMS/" + *digits + "/AUTOGEN" + (name.empty() ? "" : '/' + percent(name)));
}

Next verify_code(const Account& account, const Turn& turn) {
    const Json& in = turn.input();
    if (const dakiya::Reply* reply = turn.reply()) {
        // "OTP Expired" may come beside a Success: only these words count.
        const Answer answer = read_answer(account, *reply);
        const bool verified = answer.kind == Answer::Kind::accepted && lower(answer.details) == "otp matched";
        Json otp{{"verified", verified}};
        if (answer.kind == Answer::Kind::accepted && !verified)
            otp.set("error", classify(answer.details).json());
        else if (!verified)
            otp.set("error", error_after(account, turn).json());
        return Next::done().record("otp", otp);
    }
    const std::string code = percent(in.at("code").text());
    std::string id = in.value("id", "");
    if (id.empty()) {
        const auto digits = digits_of(in.value("address", ""));
        if (!digits)
            throw Fault(DK_BAD_INPUT, "2Factor needs the id or the Indian number that the code belongs to");
        return account.get("/SMS/VERIFY3/" + *digits + '/' + code);
    }
    const bool voice = id.compare(0, voice_prefix.size(), voice_prefix) == 0;
    if (voice) id.erase(0, voice_prefix.size());
    return account.get((voice ? "/VOICE/VERIFY/" : "/SMS/VERIFY/") + percent(id) + '/' + code);
}

}  // namespace twofactor
