// 2Factor.in: SMS from approved templates, and one-time codes that it makes and checks. "Success" only means
// queued: DLT scrubbing comes later, and the report tells. No reference of ours comes back, so a lost answer
// stays uncertain.
#include "account.hpp"
#include "answer.hpp"
#include "check.hpp"
#include "manifest.inc"
#include "otp.hpp"
#include "reports.hpp"
#include "sms.hpp"

namespace twofactor {
namespace {

using dakiya::Event;
using dakiya::Inbound;
using dakiya::Next;
using dakiya::Send;
using dakiya::Settings;
using dakiya::Turn;

class TwoFactor final : public dakiya::Connection {
public:
    explicit TwoFactor(const Settings& settings) : account_(settings) {}

    Next send(const Send& in, const Turn& turn) const override {
        if (turn.reply()) return answered(turn);
        if (const auto error = obstacle(account_, in)) return Next::done().failed_all(in, *error);
        return sms_request(account_, in);
    }

    Next answered(const Turn& turn) const override {
        const Answer answer = read_answer(account_, *turn.reply());
        switch (answer.kind) {
            case Answer::Kind::accepted:
                return Next::done().sent(0, answer.details);
            case Answer::Kind::refused:
                return Next::done().failed(0, answer.error);
            case Answer::Kind::unclear:
                break;
        }
        return Next::done().uncertain(0, answer.error);
    }

    Next other(const Turn& turn) const override {
        const std::string_view op = turn.op();
        if (op == "check") return check(account_, turn);
        if (op == "balance") return read_balance(account_, turn);
        if (op == "status") return poll(account_, turn);
        if (op == "templates.list") return list_templates(account_);
        if (op == "otp.send" || op == "otp.resend") return send_code(account_, turn);
        if (op == "otp.verify") return verify_code(account_, turn);
        return Connection::other(turn);
    }

    std::vector<Event> parse(const Inbound& in) const override { return read_callback(account_, in); }

private:
    Account account_;
};

}  // namespace
}  // namespace twofactor

DAKIYA_PLUGIN(twofactor::TwoFactor)
