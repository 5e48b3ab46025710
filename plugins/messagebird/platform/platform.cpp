// The Bird Platform API (keys that begin with bk_): the newest of the three, and the only one that drops
// repeated calls.
#include "platform/events.hpp"
#include "platform/manage.hpp"
#include "platform/send.hpp"

namespace messagebird::platform {

using namespace dakiya;

namespace {

class Platform final : public Connection {
public:
    explicit Platform(const Settings& settings) : account_(settings) {}

    Next send(const Send& in, const Turn& turn) const override { return platform::send(account_, in, turn); }

    Next other(const Turn& turn) const override {
        if (turn.op() == "check") return check(account_, turn);
        if (turn.op() == "settle") return settle(account_, turn);
        if (turn.op() == "templates.list") return list_templates(account_, turn);
        if (turn.op() == "media.fetch") return fetch_media(account_, turn);
        throw Fault(DK_UNSUPPORTED, "the Bird Platform has no call for \"" + std::string(turn.op()) + "\"");
    }

    std::string verify(const Inbound& in) const override {
        require_signature(account_.webhook_secret, in);
        return {};
    }

    std::vector<Event> parse(const Inbound& in) const override { return parse_events(in); }

private:
    Account account_;
};

}  // namespace

std::unique_ptr<const Connection> open(const Settings& settings) {
    return std::make_unique<Platform>(settings);
}

}  // namespace messagebird::platform
