// Bird CRM, the Channels API: most live WhatsApp customers. There is no idempotency key, so a lost answer is
// uncertain until an event brings our reference.
#include "crm/events.hpp"
#include "crm/manage.hpp"
#include "crm/message.hpp"

namespace messagebird::crm {

using namespace dakiya;

namespace {

class Crm final : public Connection {
public:
    explicit Crm(const Settings& settings) : account_(settings) {}

    Next send(const Send& in, const Turn& turn) const override { return crm::send(account_, in, turn); }

    Next other(const Turn& turn) const override {
        if (turn.op() == "check") return check(account_, turn);
        if (turn.op() == "settle")
            return Next::done();  // events bring our reference; there is no look-up by it
        if (turn.op() == "templates.list") return list_templates(account_, turn);
        if (turn.op() == "media.upload") return upload_media(account_, turn);
        if (turn.op() == "media.fetch") return fetch_media(account_, turn);
        if (turn.op() == "webhook.set") return set_webhook(account_, turn);
        throw Fault(DK_UNSUPPORTED, "Bird CRM has no call for \"" + std::string(turn.op()) + "\"");
    }

    std::string verify(const Inbound& in) const override {
        require_signature(account_.signing_key, in);
        return {};
    }

    std::vector<Event> parse(const Inbound& in) const override { return parse_events(in); }

private:
    Account account_;
};

}  // namespace

std::unique_ptr<const Connection> open(const Settings& settings) { return std::make_unique<Crm>(settings); }

}  // namespace messagebird::crm
