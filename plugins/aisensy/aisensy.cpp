// AiSensy: WhatsApp templates through live campaigns, and the rest through the Project API where the plan has
// it. https://aisensy.com/docs/api-docs
//
// account.hpp: the two APIs and how they are called; campaign.hpp and project.hpp: sending; templates.hpp,
// events.hpp, check.hpp: what their names say.
#include "account.hpp"
#include "campaign.hpp"
#include "check.hpp"
#include "dakiya/provider.hpp"
#include "dakiya/waba.hpp"
#include "events.hpp"
#include "manifest.inc"
#include "project.hpp"
#include "templates.hpp"

namespace {

using namespace dakiya;

class AiSensy final : public Connection {
public:
    explicit AiSensy(const Settings& settings) : account_(settings) {}

    // One call for one person: neither API has a bulk call.
    Next send(const Send& in, const Turn& turn) const override {
        if (in.to.size() != 1)
            return Next::done().failed_all(in, {"plugin", "", "AiSensy takes one recipient in a call"});
        try {
            const std::string campaign =
                in.template_ ? aisensy::campaign_of(account_, *in.template_) : std::string();
            if (turn.reply())
                return campaign.empty() ? aisensy::read_message(account_, *turn.reply())
                                        : aisensy::read_submitted(account_, *turn.reply());
            return campaign.empty() ? aisensy::message_request(account_, in)
                                    : aisensy::campaign_request(account_, in, campaign);
        } catch (const waba::Refused& refused) {
            return Next::done().failed(0, refused.error());
        }
    }

    Next other(const Turn& turn) const override {
        const std::string_view op = turn.op();
        if (op == "check") return aisensy::check(account_, turn);
        if (op == "senders") return aisensy::list_senders(account_, turn);
        if (op == "balance") return aisensy::read_balance(account_, turn);
        if (op == "status") return aisensy::ask_status(account_, turn);
        if (op == "templates.list") return aisensy::list_templates(account_, turn);
        if (op == "templates.create") return aisensy::create_template(account_, turn);
        if (op == "templates.delete") return aisensy::delete_template(account_, turn);
        return Connection::other(turn);
    }

    // The host has checked the secret in the path already.
    std::string verify(const Inbound& in) const override {
        aisensy::verify_signature(account_, in);
        return {};
    }

    std::vector<Event> parse(const Inbound& in) const override { return aisensy::read_webhook(account_, in); }

private:
    aisensy::Account account_;
};

}  // namespace

DAKIYA_PLUGIN(AiSensy)
