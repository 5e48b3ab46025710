// MessageBird / Bird: SMS and WhatsApp through one of three APIs that have nothing in common but the name. A
// credential works in one of them, and the setting "profile" says in which:
//   legacy/   dashboard.messagebird.com: rest.messagebird.com and Conversations
//   crm/      app.bird.com: the Channels API
//   platform/ keys that begin with bk_: the Bird Platform API
#include "crm/account.hpp"
#include "dakiya/provider.hpp"
#include "legacy/account.hpp"
#include "manifest.inc"  // made from manifest.json by dakiya_add_provider()
#include "platform/account.hpp"

namespace messagebird {
namespace {

using namespace dakiya;

std::unique_ptr<const Connection> open_profile(const Settings& settings) {
    const std::string profile = settings.text("profile");
    if (profile == "legacy") return legacy::open(settings);
    if (profile == "bird_crm") return crm::open(settings);
    if (profile == "bird_platform") return platform::open(settings);
    throw Fault(DK_BAD_INPUT, "the kind of account is legacy, bird_crm or bird_platform");
}

class MessageBird final : public Connection {
public:
    explicit MessageBird(const Settings& settings) : api_(open_profile(settings)) {}

    Next send(const Send& in, const Turn& turn) const override { return api_->send(in, turn); }
    Next other(const Turn& turn) const override { return api_->other(turn); }
    std::string verify(const Inbound& in) const override { return api_->verify(in); }
    std::vector<Event> parse(const Inbound& in) const override { return api_->parse(in); }

private:
    std::unique_ptr<const Connection> api_;
};

}  // namespace
}  // namespace messagebird

DAKIYA_PLUGIN(messagebird::MessageBird)
