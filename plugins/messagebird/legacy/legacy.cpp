// The old MessageBird APIs. There is no idempotency key: a lost answer is uncertain until a report brings our
// reference, or until the SMS is found by it.
#include "legacy/events.hpp"
#include "legacy/manage.hpp"
#include "legacy/send.hpp"
#include "legacy/signature.hpp"

namespace messagebird::legacy {

using namespace dakiya;

namespace {

class Legacy final : public Connection {
public:
    explicit Legacy(const Settings& settings) : account_(settings) {}

    Next send(const Send& in, const Turn& turn) const override { return legacy::send(account_, in, turn); }

    Next other(const Turn& turn) const override {
        if (turn.op() == "check") return check(account_, turn);
        if (turn.op() == "balance") return balance(account_, turn);
        if (turn.op() == "settle") return settle(account_, turn);
        if (turn.op() == "templates.list") return list_templates(account_, turn);
        if (turn.op() == "templates.create") return create_template(account_, turn);
        if (turn.op() == "templates.delete") return delete_template(account_, turn);
        if (turn.op() == "media.upload") return upload_media(account_, turn);
        if (turn.op() == "media.fetch") return fetch_media(account_, turn);
        if (turn.op() == "webhook.set") return set_webhook(account_, turn);
        throw Fault(DK_UNSUPPORTED, "MessageBird has no call for \"" + std::string(turn.op()) + "\"");
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

std::unique_ptr<const Connection> open(const Settings& settings) {
    return std::make_unique<Legacy>(settings);
}

}  // namespace messagebird::legacy
