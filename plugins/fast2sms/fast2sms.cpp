// Fast2SMS: SMS to Indian numbers by DLT template, quick texts, one-time codes that we make, and WhatsApp in
// Meta's form. Webhooks are not signed: the host checks the secret in their address.
#include <set>

#include "account.hpp"
#include "answer.hpp"
#include "check.hpp"
#include "dakiya/waba.hpp"
#include "events.hpp"
#include "manifest.inc"
#include "sms.hpp"
#include "templates.hpp"
#include "whatsapp.hpp"

namespace fast2sms {
namespace {

using dakiya::Error;
using dakiya::Event;
using dakiya::Inbound;
using dakiya::Next;
using dakiya::Recipient;
using dakiya::Reply;
using dakiya::Send;
using dakiya::Settings;
using dakiya::Turn;

class Fast2Sms final : public dakiya::Connection {
public:
    explicit Fast2Sms(const Settings& settings) : account_(settings) {}

    Next send(const Send& in, const Turn& turn) const override {
        if (in.channel == "sms") return send_sms(in, turn);
        if (in.channel != "whatsapp")
            return Next::done().failed_all(
                in, {"config", "", "Fast2SMS has no channel \"" + in.channel + "\" here"});
        if (turn.step() == "sent") return settled(in, {true}, *turn.reply());
        try {
            return send_whatsapp(account_, in, turn);
        } catch (const dakiya::waba::Refused& refused) {
            return Next::done().failed_all(in, refused.error());
        }
    }

    Next other(const Turn& turn) const override {
        const std::string_view op = turn.op();
        if (op == "check") return check(account_, turn);
        if (op == "senders") return list_senders(account_, turn);
        if (op == "balance") return read_balance(account_, turn);
        if (op == "media.upload") return upload_media(account_, turn);
        if (op == "templates.list") return list_templates(account_, turn);
        if (op == "templates.create") return create_template(account_, turn);
        if (op == "templates.delete") return delete_template(account_, turn);
        return Connection::other(turn);
    }

    std::vector<Event> parse(const Inbound& in) const override { return read_webhook(in); }

private:
    Next send_sms(const Send& in, const Turn& turn) const {
        if (const auto obstacle = sms_obstacle(account_, in)) return Next::done().failed_all(in, *obstacle);
        std::vector<const Recipient*> included;
        std::vector<bool> is_in;
        Next refused = Next::done();
        std::set<std::string_view> numbers;
        for (std::size_t i = 0; i < in.to.size(); ++i) {
            auto obstacle = number_obstacle(in.to[i]);
            if (!obstacle && !numbers.insert(in.to[i].address).second)
                obstacle =
                    Error{"policy", "995", "the same number twice in one call, which Fast2SMS refuses"};
            if (obstacle)
                refused.failed(i, *obstacle);
            else
                included.push_back(&in.to[i]);
            is_in.push_back(!obstacle);
        }
        if (turn.reply()) return settled(in, is_in, *turn.reply());
        if (included.empty()) return refused;
        return refused.then(sms_request(account_, in, included));
    }

    // One answer for everybody who was in the call; the others were told in the first turn.
    static Next settled(const Send& in, const std::vector<bool>& is_in, const Reply& reply) {
        const Answer answer = read_answer(reply);
        Next next = Next::done();
        for (std::size_t i = 0; i < in.to.size(); ++i) {
            if (!is_in[i]) continue;
            if (answer.kind == Answer::Kind::accepted) next.sent(i, answer.id);
            if (answer.kind == Answer::Kind::refused) next.failed(i, answer.error);
            if (answer.kind == Answer::Kind::unclear) next.uncertain(i, answer.error);
        }
        return next;
    }

    Account account_;
};

}  // namespace
}  // namespace fast2sms

DAKIYA_PLUGIN(fast2sms::Fast2Sms)
