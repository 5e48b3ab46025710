// Twilio: SMS, MMS and WhatsApp over Programmable Messaging. https://www.twilio.com/docs/messaging
//
// account.hpp how a call is made · message.hpp a send as a form · resource.hpp what Twilio answers and knows
// about a message · errors.hpp its codes · signature.hpp and events.hpp webhooks · content.hpp templates
// (components.hpp, draft.hpp) · check.hpp the account's state. Here: which operation is which.
#include "account.hpp"
#include "check.hpp"
#include "content.hpp"
#include "dakiya/provider.hpp"
#include "events.hpp"
#include "manifest.inc"  // made from manifest.json by dakiya_add_provider()
#include "message.hpp"
#include "resource.hpp"
#include "signature.hpp"

namespace {

using namespace dakiya;

class Twilio final : public Connection {
public:
    explicit Twilio(const Settings& settings) : account_(settings) {}

    Next send(const Send& in, const Turn& turn) const override {
        try {
            if (turn.reply()) return twilio::read_answer(in, *turn.reply());
            return twilio::create_message(account_, in);
        } catch (const twilio::Refused& refused) {
            return Next::done().failed_all(in, refused.error());
        }
    }

    Next other(const Turn& turn) const override {
        if (turn.op() == "check") return twilio::check(account_, turn);
        if (turn.op() == "senders") return twilio::senders(account_, turn);
        if (turn.op() == "balance") return twilio::balance(account_, turn);
        if (turn.op() == "settle") return twilio::settle(account_, turn);
        if (turn.op() == "media.fetch") return twilio::fetch_media(account_, turn);
        if (turn.op() == "templates.list") return twilio::list_templates(account_, turn);
        if (turn.op() == "templates.create") return twilio::create_template(account_, turn);
        if (turn.op() == "templates.delete") return twilio::delete_template(account_, turn);
        return Connection::other(turn);
    }

    // The 200 is empty: a text in it could be sent to the person as an answer.
    // https://www.twilio.com/docs/messaging/twiml
    std::string verify(const Inbound& in) const override {
        if (!twilio::is_signed_with(account_.token, in) && !twilio::is_signed_with(account_.next_token, in))
            throw Fault(DK_REJECTED, "the signature does not match the account's password (Auth Token)");
        return {};
    }

    std::vector<Event> parse(const Inbound& in) const override { return twilio::parse_events(in); }

private:
    twilio::Account account_;
};

}  // namespace

DAKIYA_PLUGIN(Twilio)
