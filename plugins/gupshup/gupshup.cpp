// Gupshup: WhatsApp by its self-serve or its partner API, and the enterprise SMS gateway. Webhooks are not
// signed: the host checks the secret in their address.
#include "account.hpp"
#include "answer.hpp"
#include "check.hpp"
#include "create.hpp"
#include "dakiya/waba.hpp"
#include "events.hpp"
#include "login.hpp"
#include "manifest.inc"
#include "media.hpp"
#include "sms.hpp"
#include "templates.hpp"
#include "whatsapp.hpp"

namespace gupshup {
namespace {

using dakiya::Event;
using dakiya::Inbound;
using dakiya::Next;
using dakiya::Recipient;
using dakiya::Reply;
using dakiya::Send;
using dakiya::Settings;
using dakiya::Turn;

class Gupshup final : public dakiya::Connection {
public:
    explicit Gupshup(const Settings& settings) : account_(settings) {}

    Next send(const Send& in, const Turn& turn) const override {
        if (in.channel == "sms") return send_sms(in, turn);
        if (in.channel != "whatsapp")
            return Next::done().failed_all(
                in, {"config", "", "Gupshup has no channel \"" + in.channel + "\" here"});
        try {
            if (turn.step() == "sent") return read_answer(*turn.reply());
            if (!account_.logs_in()) return send_whatsapp(account_, in, turn);
            if (turn.credential().is_null())
                return Next::done().failed_all(in, {"auth", "login", not_logged_in});
            return send_whatsapp(logged_in(account_, turn), in, turn);
        } catch (const dakiya::waba::Refused& refused) {
            return Next::done().failed_all(in, refused.error());
        }
    }

    // Of WhatsApp the answer says everything; SMS have to be matched with their numbers.
    Next answered(const Turn& turn) const override {
        return turn.step() == "sent" ? read_answer(*turn.reply()) : Connection::answered(turn);
    }

    Next other(const Turn& turn) const override {
        if (turn.op() == "authorize") return authorize(account_, turn);
        if (turn.credential().is_null()) {
            // First, because it knows what is no operation of ours.
            Next next = run(account_, turn);
            return account_.logs_in() ? ask_for_login(not_logged_in) : next;
        }
        if (token_refused(account_, turn)) return ask_for_login(explain(*turn.reply()));
        return run(logged_in(account_, turn), turn);
    }

    std::vector<Event> parse(const Inbound& in) const override { return read_webhook(account_, in); }

private:
    static constexpr const char* not_logged_in =
        "there is no valid app token of Gupshup's partner portal yet";

    Next run(const Account& account, const Turn& turn) const {
        const std::string_view op = turn.op();
        if (op == "check") return check(account, turn);
        if (op == "balance") return read_balance(account, turn);
        if (op == "mark_read") return mark_read(account, turn);
        if (op == "webhook.set") return subscribe(account, turn);
        if (op == "media.upload") return upload_media(account, turn);
        if (op == "media.fetch") return fetch_media(account, turn);
        if (op == "templates.list") return list_templates(account, turn);
        if (op == "templates.create") return create_template(account, turn);
        if (op == "templates.delete") return delete_template(account, turn);
        return Connection::other(turn);
    }

    Next send_sms(const Send& in, const Turn& turn) const {
        if (const auto obstacle = sms_obstacle(account_, in)) return Next::done().failed_all(in, *obstacle);
        std::vector<const Recipient*> included;
        Next next = Next::done();
        for (std::size_t i = 0; i < in.to.size(); ++i) {
            if (const auto obstacle = number_obstacle(account_, in, in.to[i])) {
                if (!turn.reply()) next.failed(i, *obstacle);
            } else {
                included.push_back(&in.to[i]);
            }
        }
        if (turn.reply()) return sms_results(in, included, *turn.reply());
        return included.empty() ? next : next.then(sms_request(account_, in, included));
    }

    // Those who were not in the call were told in the first turn.
    static Next sms_results(const Send& in, const std::vector<const Recipient*>& included,
                            const Reply& reply) {
        Next next = Next::done();
        const auto error = sms_error(reply);
        for (const Recipient* to : included) {
            const auto i = static_cast<std::size_t>(to - in.to.data());
            const auto result = sms_result(reply, to->address, included.size());
            if (result && result->accepted)
                next.sent(i, result->id);
            else if (result)
                next.failed(i, result->error);
            else if (sms_refused(reply))
                next.failed(i, error);
            else
                next.uncertain(i, error);
        }
        return next;
    }

    Account account_;
};

}  // namespace
}  // namespace gupshup

DAKIYA_PLUGIN(gupshup::Gupshup)
