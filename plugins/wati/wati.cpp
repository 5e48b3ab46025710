// WATI: WhatsApp through the API of a shared inbox. https://docs.wati.io
//
// account.hpp: how a call is made; broadcast.hpp: templates to many; conversation.hpp: free-form messages;
// template.hpp: the templates themselves; events.hpp: webhooks. Those are not signed: the host checks the
// secret in their address.
#include "account.hpp"
#include "broadcast.hpp"
#include "check.hpp"
#include "conversation.hpp"
#include "dakiya/provider.hpp"
#include "dakiya/waba.hpp"
#include "events.hpp"
#include "manifest.inc"
#include "template.hpp"

namespace {

using namespace dakiya;

class Wati final : public Connection {
public:
    explicit Wati(const Settings& settings) : account_(settings) {}

    Next send(const Send& in, const Turn& turn) const override {
        if (in.kind == "template")
            return turn.reply() ? wati::read_broadcast(in, *turn.reply()) : wati::send_template(account_, in);
        if (in.to.size() != 1)
            return Next::done().failed_all(in, {"plugin", "", "WATI takes free-form messages one at a time"});
        if (turn.reply()) return wati::read_message(*turn.reply());
        try {
            return wati::conversation_request(account_, in);
        } catch (const waba::Refused& refused) {
            return Next::done().failed(0, refused.error());
        }
    }

    Next other(const Turn& turn) const override {
        const std::string_view op = turn.op();
        if (op == "check") return wati::check(account_, turn);
        if (op == "senders") return wati::list_senders(account_, turn);
        if (op == "settle") return wati::look_up(account_, turn);
        if (op == "media.fetch") return wati::fetch_media(account_, turn);
        if (op == "templates.list") return wati::list_templates(account_, turn);
        if (op == "templates.delete") return wati::delete_template(account_, turn);
        if (op == "webhook.set") return wati::set_webhook(account_, turn);
        return Connection::other(turn);
    }

    std::vector<Event> parse(const Inbound& in) const override { return wati::read_webhook(in); }

private:
    wati::Account account_;
};

}  // namespace

DAKIYA_PLUGIN(Wati)
