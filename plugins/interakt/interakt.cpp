// Interakt (Jio Haptik): WhatsApp. Messages are Meta's with names of Interakt's own, one call for one person.
// "Queued" is all that an answer says; reports and replies come by signed webhooks.
// https://documenter.getpostman.com/view/14760594/2sA2r7zibM
//
// message.hpp builds a message, account.hpp reads answers, events.hpp webhooks, templates.hpp and check.hpp
// hold the other operations.
#include "account.hpp"
#include "check.hpp"
#include "dakiya/crypto.hpp"
#include "dakiya/provider.hpp"
#include "dakiya/waba.hpp"
#include "events.hpp"
#include "manifest.inc"  // made from manifest.json by dakiya_add_provider()
#include "message.hpp"
#include "templates.hpp"

namespace interakt {
namespace {

using namespace dakiya;

class Interakt final : public Connection {
public:
    explicit Interakt(const Settings& settings) : account_(settings) {}

    Next send(const Send& in, const Turn& turn) const override {
        if (turn.reply()) return answered(turn);
        if (in.to.size() != 1)
            return Next::done().failed_all(in, {"plugin", "", "Interakt takes one recipient in a call"});
        try {
            Http http = account_.post("/message/");
            http.json(message(in));
            if (in.template_ && waba::lower(in.template_->category) == "authentication")
                http.secret_body();  // it holds a one-time code
            return http;
        } catch (const waba::Refused& refused) {
            return Next::done().failed(0, refused.error());
        }
    }

    // 201, on some accounts 200; a 200 may be a refusal all the same.
    Next answered(const Turn& turn) const override {
        const Reply& reply = *turn.reply();
        const Json body = body_of(reply);
        if (reply.ok() && body["result"] == Json(true) && body["id"].is_string() &&
            !body["id"].text().empty())
            return Next::done().sent(0, body["id"].text());
        const int status = reply.status();
        const bool refused =
            reply.ok() ? body["result"] == Json(false) : status >= 300 && status < 500 && status != 408;
        Error error = account_.error(reply);
        if (refused) return Next::done().failed(0, error);
        // No id and no refusal: it may have gone out. The webhook with our reference will tell.
        error.cls = "provider";
        return Next::done().uncertain(0, error);
    }

    Next other(const Turn& turn) const override {
        if (turn.op() == "check") return check(account_, turn);
        if (turn.op() == "templates.list") return list_templates(account_, turn);
        if (turn.op() == "templates.create") return create_template(account_, turn);
        return Connection::other(turn);
    }

    // Over the raw body, with the secret that was entered beside the address.
    std::string verify(const Inbound& in) const override {
        const std::string expected = "sha256=" + hmac_sha256_hex(account_.webhook_secret, in.body());
        if (!equal(in.header("interakt-signature"), expected) &&
            !equal(in.header("x-interakt-signature"), expected))
            throw Fault(DK_REJECTED, "the signature does not match the webhook password");
        return {};
    }

    std::vector<Event> parse(const Inbound& in) const override {
        return read_webhook(in.json(), account_.currency);
    }

private:
    static Json message(const Send& in) {
        try {
            return message_body(in, in.to.front());
        } catch (const JsonError& error) {
            throw waba::Refused(std::string("the message is not in WhatsApp's shape: ") + error.what());
        }
    }

    Account account_;
};

}  // namespace
}  // namespace interakt

DAKIYA_PLUGIN(interakt::Interakt)
