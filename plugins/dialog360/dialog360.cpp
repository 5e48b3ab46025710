// 360dialog: hosts WhatsApp's Cloud API. Messages, codes and webhooks are Meta's (dakiya/waba.hpp); what is
// different is here: one key for a number, no version and no number in the paths, no signatures.
// https://docs.360dialog.com
//
// account.hpp says how a call is made and what a refusal means; calls.hpp, templates.hpp and check.hpp hold
// the other operations. Here: sending one message, and the webhook's door.
#include "account.hpp"
#include "calls.hpp"
#include "check.hpp"
#include "dakiya/crypto.hpp"
#include "dakiya/waba.hpp"
#include "dakiya/waba/cloud_connection.hpp"
#include "manifest.inc"  // made from manifest.json by dakiya_add_provider()
#include "templates.hpp"

namespace dialog360 {
namespace {

using namespace dakiya;

// One webhook may be set for a whole WhatsApp account: what happened at its other numbers is left out.
Json of_number(const Json& body, const std::string& number) {
    Json kept = body;
    if (!body["entry"].is_array()) return kept;
    for (Json& entry : kept.find("entry")->items()) {
        Json* changes = entry.find("changes");
        if (!changes || !changes->is_array()) continue;
        Json ours = Json::array();
        for (const Json& change : *changes) {
            const Json& theirs = change["value"]["metadata"]["display_phone_number"];
            if (!theirs.is_string() || theirs.text().empty() || theirs.text() == number)
                ours.push_back(change);
        }
        *changes = std::move(ours);
    }
    return kept;
}

class Dialog360 final : public waba::CloudConnection {
public:
    explicit Dialog360(const Settings& settings) : account_(settings) {}

    Next other(const Turn& turn) const override {
        const std::string_view op = turn.op();
        if (op == "check") return check(account_, turn);
        if (op == "balance") return balance(account_, turn);
        if (op == "media.upload") return upload_media(account_, turn);
        if (op == "media.fetch") return fetch_media(account_, turn);
        if (op == "mark_read") return mark_read(account_, turn);
        if (op == "webhook.set") return set_webhook(account_, turn);
        if (op == "templates.list") return list_templates(account_, turn);
        if (op == "templates.create") return create_template(account_, turn);
        if (op == "templates.delete") return delete_template(account_, turn);
        return Connection::other(turn);
    }

    // Meta's signature is not passed on and there is no handshake. The host has checked the secret in the
    // path; the header is a second lock, for addresses that were set with webhook.set.
    // https://docs.360dialog.com/docs/messaging/webhook/webhook-reference
    std::string verify(const Inbound& in) const override {
        if (!account_.webhook_secret.empty() && !equal(in.header(secret_header), account_.webhook_secret))
            throw Fault(DK_REJECTED,
                        "the header X-Dakiya-Secret does not hold the webhook password: set the webhook "
                        "through the API, or leave the password empty");
        return {};
    }

    std::vector<Event> parse(const Inbound& in) const override {
        if (in.method() == "GET") return {};
        // Other products of Meta may share the address; they must be answered and are none of ours.
        if (const Json& object = in.json()["object"]; object.is_string())
            if (object.text() != "whatsapp_business_account") return {};
        if (account_.number.empty()) return waba::parse_events(in.json());
        return waba::parse_events(of_number(in.json(), account_.number));
    }

private:
    Http message_call(const Send& in) const override {
        if (account_.sandbox && in.kind == "media")
            throw waba::Refused("360dialog's sandbox takes no files", "config");
        const bool marketing = account_.marketing_messages && is_marketing(in);
        return (marketing ? account_.post("/marketing_messages") : account_.messages()).limit("send");
    }
    Http upload_call(const Send& in) const override { return upload(account_, *in.media); }
    bool is_refusal(const Reply& reply) const override { return dialog360::is_refusal(reply); }
    Error error(const Reply& reply) const override { return account_.error(reply); }

    Account account_;
};

}  // namespace
}  // namespace dialog360

DAKIYA_PLUGIN(dialog360::Dialog360)
