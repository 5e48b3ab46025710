// MSG91: SMS by template, WhatsApp, one-time codes. Webhooks are not signed: the host checks the secret in
// their address. An accepted call only means that MSG91 has it (it accepts wrong templates too): reports
// and the logs tell the rest.
#include "account.hpp"
#include "answer.hpp"
#include "check.hpp"
#include "events.hpp"
#include "logs.hpp"
#include "manifest.inc"
#include "otp.hpp"
#include "sms.hpp"
#include "templates.hpp"
#include "whatsapp.hpp"

namespace msg91 {
namespace {

using dakiya::Error;
using dakiya::Event;
using dakiya::Inbound;
using dakiya::Next;
using dakiya::Recipient;
using dakiya::Send;
using dakiya::Settings;
using dakiya::Turn;

using Obstacle = std::optional<Error>;

class Msg91 final : public dakiya::Connection {
public:
    explicit Msg91(const Settings& settings) : account_(settings) {}

    Next send(const Send& in, const Turn& turn) const override {
        if (const Obstacle obstacle = call_obstacle(in)) return Next::done().failed_all(in, *obstacle);
        std::vector<const Recipient*> included;
        std::vector<Obstacle> obstacles;
        for (const Recipient& to : in.to) {
            obstacles.push_back(recipient_obstacle(in, to));
            if (!obstacles.back()) included.push_back(&to);
        }
        if (turn.reply()) return settle_all(in, obstacles, read_answer(*turn.reply(), turn.now()));

        Next next = included.empty()      ? Next::done()
                    : in.channel == "sms" ? Next(sms_request(account_, in, included))
                                          : Next(whatsapp_request(account_, in, included));
        for (std::size_t i = 0; i < obstacles.size(); ++i)
            if (obstacles[i]) next.failed(i, *obstacles[i]);
        return next;
    }

    Next other(const Turn& turn) const override {
        const std::string_view op = turn.op();
        if (op == "check") return check(account_, turn);
        if (op == "senders") return list_senders(account_, turn);
        if (op == "balance") return read_balance(account_, turn);
        if (op == "settle") return look_up(account_, turn);
        if (op == "templates.list") return list_templates(account_, turn);
        if (op == "templates.create") return create_template(account_, turn);
        if (op == "templates.delete") return delete_template(account_, turn);
        if (op == "otp.send") return send_code(account_, turn);
        if (op == "otp.verify") return verify_code(account_, turn);
        if (op == "otp.resend") return resend_code(account_, turn);
        return Connection::other(turn);
    }

    std::vector<Event> parse(const Inbound& in) const override { return read_webhook(account_, in); }

private:
    Obstacle call_obstacle(const Send& in) const {
        if (in.channel == "sms") return sms_obstacle(in);
        if (in.channel == "whatsapp") return whatsapp_obstacle(account_, in);
        return Error{"config", "no_channel", "MSG91 has no channel \"" + in.channel + "\" here"};
    }

    static Obstacle recipient_obstacle(const Send& in, const Recipient& to) {
        return in.channel == "sms" ? sms_obstacle(to) : whatsapp_obstacle(in, to);
    }

    // One answer for everybody who was in the call.
    static Next settle_all(const Send& in, const std::vector<Obstacle>& obstacles, const Answer& answer) {
        Next next = Next::done();
        for (std::size_t i = 0; i < in.to.size(); ++i) {
            if (obstacles[i]) continue;  // told in the first turn
            switch (answer.kind) {
                case Answer::Kind::accepted:
                case Answer::Kind::duplicate:
                    next.sent(i, answer.id);
                    break;
                case Answer::Kind::refused:
                    next.failed(i, answer.error);
                    break;
                case Answer::Kind::unclear:
                    next.uncertain(i, answer.error);
                    break;
            }
        }
        return next;
    }

    Account account_;
};

}  // namespace
}  // namespace msg91

DAKIYA_PLUGIN(msg91::Msg91)
