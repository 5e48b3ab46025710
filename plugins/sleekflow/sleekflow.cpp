// SleekFlow: WhatsApp over its Platform API. One call for one person; nothing reports deliveries, so
// conversations are read; messages from people come by a flow that the tenant builds.
// https://apidoc.sleekflow.io/docs/platform-api
//
// message.hpp builds a message, answer.hpp reads SleekFlow's message objects, status.hpp asks for them again,
// events.hpp reads webhooks, check.hpp holds the test, the senders and the templates.
#include "account.hpp"
#include "answer.hpp"
#include "check.hpp"
#include "dakiya/crypto.hpp"
#include "dakiya/provider.hpp"
#include "dakiya/waba.hpp"
#include "events.hpp"
#include "manifest.inc"  // made from manifest.json by dakiya_add_provider()
#include "message.hpp"
#include "status.hpp"

namespace sleekflow {
namespace {

using namespace dakiya;

class SleekFlow final : public Connection {
public:
    explicit SleekFlow(const Settings& settings) : account_(settings) {}

    Next send(const Send& in, const Turn& turn) const override {
        if (turn.reply()) return answered(turn);
        if (in.to.size() != 1)
            return Next::done().failed_all(in, {"plugin", "", "SleekFlow takes one recipient in a call"});
        try {
            return send_message(account_, in);
        } catch (const waba::Refused& refused) {
            return Next::done().failed(0, refused.error());
        } catch (const JsonError& error) {
            return Next::done().failed(
                0, {"content", "", std::string("the message is not in WhatsApp's shape: ") + error.what()});
        }
    }

    Next answered(const Turn& turn) const override { return read_answer(account_, *turn.reply()); }

    Next other(const Turn& turn) const override {
        if (turn.op() == "check") return check(account_, turn);
        if (turn.op() == "senders") return list_senders(account_, turn);
        if (turn.op() == "status") return ask_status(account_, turn);
        if (turn.op() == "templates.list") return list_templates(account_, turn);
        return Connection::other(turn);
    }

    // The host has checked the secret in the path; the header is a second lock.
    std::string verify(const Inbound& in) const override {
        if (!account_.webhook_secret.empty() && !equal(in.header("x-webhook-token"), account_.webhook_secret))
            throw Fault(
                DK_REJECTED,
                "the header X-Webhook-Token does not hold the webhook password: enter it in the flow");
        return {};
    }

    std::vector<Event> parse(const Inbound& in) const override { return read_webhook(in.json()); }

private:
    Account account_;
};

}  // namespace
}  // namespace sleekflow

DAKIYA_PLUGIN(sleekflow::SleekFlow)
