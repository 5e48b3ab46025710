// Acme: SMS and WhatsApp. Media is uploaded first; a batch is one POST; webhooks are signed.
#include "dakiya/crypto.hpp"
#include "dakiya/provider.hpp"
#include "manifest.inc"  // made from manifest.json by dakiya_add_provider()

namespace {

using namespace dakiya;

const std::string api = "https://api.acme.example/v1";

Status status(const std::string& word) {
    if (word == "DELIVRD") return Status::delivered;
    return word == "SENT" ? Status::sent : Status::failed;
}

class Acme final : public Connection {
public:
    explicit Acme(const Settings& s)
        : key_(s.text("api_key")), sender_(s.text("sender")), hook_(s.text("hook_secret")) {}

    Next send(const Send& in, const Turn& turn) const override {
        const Reply* reply = turn.reply();
        if (!reply && in.media)
            return Http::post(api + "/media").bearer(key_).file("file", *in.media).then("uploaded");
        if (!reply) return submit(in, nullptr);
        if (turn.step() == "uploaded" && reply->ok()) return submit(in, reply->json().at("id"));
        return read(in, *reply);
    }

    std::string verify(const Inbound& in) const override {
        if (!equal(in.header("x-acme-signature"), hmac_sha256_hex(hook_, in.body())))
            throw Fault(DK_REJECTED, "signature does not match");
        return {};  // the body of the 200 that Acme gets
    }

    std::vector<Event> parse(const Inbound& in) const override {
        std::vector<Event> events;
        for (const Json& e : in.json().at("events"))
            events.push_back(Event::status(e.at("id"), status(e.at("state")), e.at("time")));
        return events;
    }

    Next other(const Turn& turn) const override {
        if (turn.op() != "templates.list") return Connection::other(turn);
        if (!turn.reply()) return Http::get(api + "/templates").bearer(key_);
        const Json page = turn.reply()->json();
        Next next = page.contains("next") ? Next(Http::get(page["next"]).bearer(key_)) : Next::done();
        for (const Json& t : page.at("items"))
            next.record("template", {{"name", t.at("name").text()},
                                     {"language", t.at("lang").text()},
                                     {"status", "approved"},
                                     {"components",
                                      Json::array({Json{{"type", "BODY"}, {"text", t.at("text").text()}}})}});
        return next;
    }

private:
    Next submit(const Send& in, const Json& media) const {
        Json to = Json::array();
        for (const Recipient& r : in.to) to.push_back({{"msisdn", r.address}, {"tag", r.ref}});
        return Http::post(api + "/messages")
            .bearer(key_)
            .header("idempotency-key", in.key)
            .json({{"from", sender_}, {"to", to}, {"text", in.text}, {"media", media}})
            .repeatable();  // Acme drops a second request with the same key
    }

    static Next read(const Send& in, const Reply& reply) {
        Next next = Next::done();
        const Json body = reply.json();
        for (size_t i = 0; i < in.to.size(); ++i) {
            if (reply.ok())
                next.sent(i, body.at("ids").at(i));
            else
                next.failed(i, {reply.status() == 429 ? "throttled" : "provider",
                                std::to_string(reply.status()), body.value("error", "")});
        }
        return next;
    }

    std::string key_, sender_, hook_;
};

}  // namespace

DAKIYA_PLUGIN(Acme)
