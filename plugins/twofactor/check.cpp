#include "check.hpp"

#include "answer.hpp"
#include "dakiya/reply.hpp"
#include "dakiya/verdict.hpp"

namespace twofactor {

using dakiya::Fault;
using dakiya::Http;
using dakiya::Next;
using dakiya::Reply;
using dakiya::Turn;
using dakiya::verdict;

namespace {

// "1234", as Details has it.
bool is_count(const std::string& text) {
    return !text.empty() && text.size() <= 18 && text.find_first_not_of("0123456789") == text.npos;
}

Http ask_transactional(const Account& account) {
    return account.get("/ADDON_SERVICES/BAL/TRANSACTIONAL_SMS");
}

std::string why(const Account& account, const Reply& reply) {
    if (reply.status() == 0) return unreachable("2Factor", reply);
    const Answer answer = read_answer(account, reply);
    if (answer.kind == Answer::Kind::unclear || answer.kind == Answer::Kind::accepted)
        return "2Factor gave an answer that cannot be read (HTTP " + std::to_string(reply.status()) +
               "): try again later.";
    if (answer.error.cls == "throttled") return "2Factor is asked too often: try again in a minute.";
    if (answer.error.cls != "auth") return "2Factor refused the call. Its words: " + answer.error.text;
    return "2Factor refuses the API key: copy it from the dashboard of 2factor.in, and if the account lists "
           "addresses, "
           "add this server's outgoing IP address. Its words: " +
           answer.details;
}

}  // namespace

Next check(const Account& account, const Turn& turn) {
    if (!turn.reply()) {
        Http http = account.get("/BAL/SMS");
        http.then("otp");
        return http;
    }
    const Reply& reply = *turn.reply();
    const Answer answer = read_answer(account, reply);
    if (answer.kind != Answer::Kind::accepted || !is_count(answer.details))
        return verdict(false, why(account, reply));
    if (turn.step() == "otp") {
        Http http = ask_transactional(account);
        http.then("transactional", answer.details);
        return http;
    }
    const std::string otp(turn.memo());
    const std::string credits =
        otp + " credits for one-time codes, " + answer.details + " for transactional SMS";
    if (otp == "0" && answer.details == "0")
        return verdict(false, "The API key works, but the account has no credits: buy some on 2factor.in.");
    if (account.templates.empty() || account.sender.empty())
        return verdict(true, "The API key works: " + credits +
                                 ". To send SMS, enter the sender name and the templates of the panel.");
    return verdict(true, "The API key works: " + credits + ". Both are counted apart.");
}

Next read_balance(const Account& account, const Turn& turn) {
    if (!turn.reply()) return ask_transactional(account);
    const Answer answer = read_answer(account, *turn.reply());
    if (answer.kind != Answer::Kind::accepted || !is_count(answer.details))
        throw Fault(DK_BAD_REPLY, why(account, *turn.reply()));
    return Next::done().record("balance", {{"amount", answer.details}});
}

}  // namespace twofactor
