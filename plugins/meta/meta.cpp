// Meta: the WhatsApp Business Platform's Cloud API, called directly.
// https://developers.facebook.com/documentation/business-messaging/whatsapp/overview
//
// dakiya/waba.hpp holds the shapes of messages and webhooks, account.hpp how a call is made, check.hpp the
// connection test and calls.hpp the other operations. Here: sending one message, and the webhook's door.
#include "account.hpp"
#include "calls.hpp"
#include "check.hpp"
#include "dakiya/crypto.hpp"
#include "dakiya/waba.hpp"
#include "dakiya/waba/cloud_connection.hpp"
#include "manifest.inc"  // made from manifest.json by dakiya_add_provider()

namespace {

using namespace dakiya;

class Meta final : public waba::CloudConnection {
public:
    explicit Meta(const Settings& settings) : account_(settings) {}

    Next other(const Turn& turn) const override {
        if (turn.op() == "check") return meta::check(account_, turn);
        if (const auto call = meta::find_call(turn.op())) return call(account_, turn);
        return Connection::other(turn);
    }

    // The handshake (GET) is answered with Meta's challenge; an update (POST) is signed with the app's secret
    // over the raw body.
    // https://developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/create-webhook-endpoint
    std::string verify(const Inbound& in) const override {
        if (in.method() == "GET") {
            if (in.query("hub.mode") != "subscribe" ||
                !equal(in.query("hub.verify_token"), account_.verify_token))
                throw Fault(DK_REJECTED, "this is not Meta's handshake with our webhook password");
            return in.query("hub.challenge");
        }
        if (account_.app_secret.empty())
            throw Fault(DK_REJECTED, "the app's secret is not set, so no update can be checked");
        if (!equal(in.header("x-hub-signature-256"),
                   "sha256=" + hmac_sha256_hex(account_.app_secret, in.body())))
            throw Fault(DK_REJECTED, "the signature does not match the app's secret");
        return {};
    }

    std::vector<Event> parse(const Inbound& in) const override {
        if (in.method() == "GET") return {};
        return waba::parse_events(in.json());
    }

private:
    Http message_call(const Send& in) const override {
        const std::string& sender = account_.sender(in.from);
        const bool marketing = account_.marketing_messages && is_marketing(in);
        Http http = account_.post(sender + (marketing ? "/marketing_messages" : "/messages"));
        http.limit("send:" + sender);
        return http;
    }
    Http upload_call(const Send& in) const override {
        return meta::upload(account_, account_.sender(in.from), *in.media);
    }
    bool is_refusal(const Reply& reply) const override {
        const int status = reply.status();
        return body_of(reply)["error"].is_object() || (status >= 300 && status < 500 && status != 408);
    }
    Error error(const Reply& reply) const override { return account_.error(reply); }

    meta::Account account_;
};

}  // namespace

DAKIYA_PLUGIN(Meta)
