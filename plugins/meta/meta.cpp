// Meta: the WhatsApp Business Platform's Cloud API, called directly.
// https://developers.facebook.com/documentation/business-messaging/whatsapp/overview
//
// dakiya/waba.hpp holds the shapes of messages and webhooks, account.hpp how a call is made, check.hpp the
// connection test and calls.hpp the other operations. Here: sending one message, and the webhook's door.
#include "account.hpp"
#include "calls.hpp"
#include "check.hpp"
#include "dakiya/crypto.hpp"
#include "dakiya/provider.hpp"
#include "dakiya/reply.hpp"
#include "dakiya/waba.hpp"
#include "manifest.inc"  // made from manifest.json by dakiya_add_provider()

namespace {

using namespace dakiya;

class Meta final : public Connection {
public:
    explicit Meta(const Settings& settings) : account_(settings) {}

    // One call for one person: there is no bulk call. A file of ours is uploaded first.
    Next send(const Send& in, const Turn& turn) const override {
        if (in.to.size() != 1)
            return Next::done().failed_all(in, {"plugin", "", "WhatsApp takes one recipient in a call"});
        try {
            if (turn.step() == "uploaded") return uploaded(in, *turn.reply());
            if (in.media && in.media->blob != 0) return upload_first(in);
            return submit(in, {});
        } catch (const waba::Refused& refused) {
            return Next::done().failed(0, refused.error());
        }
    }

    // Meta's answer to a message says everything; only the upload's has to go on with the message.
    Next answered(const Turn& turn) const override {
        return turn.step() == "uploaded" ? Connection::answered(turn) : read_answer(*turn.reply());
    }

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
    Next submit(const Send& in, std::string_view uploaded_handle) const {
        const std::string& sender = account_.sender(in.from);
        const std::string category = in.template_ ? waba::lower(in.template_->category) : "";
        const bool marketing = account_.marketing_messages && category == "marketing";
        Http http = account_.post(sender + (marketing ? "/marketing_messages" : "/messages"));
        http.json(message(in, uploaded_handle)).limit("send:" + sender);
        if (category == "authentication") http.secret_body();  // it holds a one-time code
        return http;
    }

    static Json message(const Send& in, std::string_view uploaded_handle) {
        try {
            return waba::build_message(in, in.to.front(), uploaded_handle);
        } catch (const JsonError& error) {
            throw waba::Refused(std::string("the message is not in WhatsApp's shape: ") + error.what());
        }
    }

    // Everything is checked before the upload, so that a refused message leaves no file behind.
    Next upload_first(const Send& in) const {
        message(in, "checked only");
        return meta::upload(account_, account_.sender(in.from), *in.media).then("uploaded");
    }

    Next uploaded(const Send& in, const Reply& reply) const {
        if (const std::string handle = meta::uploaded_handle(reply); !handle.empty())
            return submit(in, handle);
        Error error = account_.error(reply);  // nothing was sent: failed, never uncertain
        if (reply.ok()) error = {"provider", "", "Meta stored the file but told no ID"};
        return Next::done().failed(0, error);
    }

    // 200 means accepted for processing; delivery, or its failure, comes by webhook.
    Next read_answer(const Reply& reply) const {
        Next next = Next::done();
        const Json& body = body_of(reply);
        if (body["error"].is_object()) return next.failed(0, account_.error(reply));
        const Json& messages = body["messages"];
        if (reply.ok() && messages.is_array() && !messages.empty())
            if (const Json& id = messages.at(0)["id"]; id.is_string() && !id.text().empty())
                return next.sent(0, id.text());
        // No id and no refusal: it may have gone out. A second try could send it twice.
        const Error unclear = account_.error(reply);
        const int status = reply.status();  // 0: no answer at all
        if (reply.ok() || status == 0 || status == 408 || status >= 500) return next.uncertain(0, unclear);
        return next.failed(0, unclear);
    }

    meta::Account account_;
};

}  // namespace

DAKIYA_PLUGIN(Meta)
