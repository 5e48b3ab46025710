// Kaleyra (Tata Communications): SMS with India's DLT, WhatsApp on its two APIs. Nothing drops a repeated
// message, and callbacks are not signed: the host checks the secret in their address.
#include "account.hpp"
#include "answer.hpp"
#include "check.hpp"
#include "dakiya/waba/limits.hpp"
#include "events.hpp"
#include "manifest.inc"  // made from manifest.json by dakiya_add_provider()
#include "sms.hpp"
#include "templates.hpp"
#include "whatsapp.hpp"

namespace kaleyra {
namespace {

using namespace dakiya;

// "{id}:{n}" of this person: data[] names each recipient of an SMS.
std::string sms_id(const Json& body, const std::string& address) {
    if (!body["data"].is_array()) return {};
    for (const Json& one : body["data"])
        if (phone_of(word(one, "recipient")) == address) return word(one, "message_id");
    return {};
}

// The answer of V2 is not documented; these are the places that clients read.
std::string whatsapp_id(const Json& body) {
    const Json& data = body["data"];
    const Json& first = data.is_array() && !data.empty() ? data.at(0) : data;
    std::string id = word(first, "message_id");
    if (const Json& messages = first["messages"].is_array() ? first["messages"] : body["messages"];
        id.empty() && messages.is_array() && !messages.empty())
        id = word(messages.at(0), "id");
    return id.empty() ? word(body, "id") : id;
}

class Kaleyra final : public Connection {
public:
    explicit Kaleyra(const Settings& settings) : account_(settings) {}

    Next send(const Send& in, const Turn& turn) const override {
        if (in.channel == "sms") return send_sms(in, turn);
        Next next = Next::done();
        for (std::size_t i = 1; i < in.to.size() && !turn.reply(); ++i)
            next.failed(i, {"throttled", "one_at_a_time", "one recipient in a call; this one follows", 100,
                            "recipient"});
        if (turn.reply()) return read_whatsapp(*turn.reply());
        try {
            if (in.channel != "whatsapp")
                throw waba::Refused("Kaleyra has no channel \"" + in.channel + "\" here", "config");
            return next.then(whatsapp_request(account_, in, in.to.front()));
        } catch (const waba::Refused& refused) {
            return next.failed(0, refused.error());
        }
    }

    Next other(const Turn& turn) const override {
        if (turn.op() == "check") return check(account_, turn);
        if (turn.op() == "settle") return settle(account_, turn);
        if (turn.op() == "templates.list") return list_templates(account_, turn);
        if (turn.op() == "templates.create") return create_template(account_, turn);
        if (turn.op() == "templates.delete") return delete_template(account_, turn);
        return Connection::other(turn);
    }

    std::string verify(const Inbound& in) const override {
        require_credentials(account_, in);
        return {};
    }

    std::vector<Event> parse(const Inbound& in) const override { return parse_events(in); }

private:
    Next send_sms(const Send& in, const Turn& turn) const {
        std::vector<const Recipient*> included;
        std::vector<std::optional<Error>> obstacles;
        for (const Recipient& to : in.to) {
            obstacles.push_back(sms_obstacle(account_, in, to));
            if (!obstacles.back() && included.size() == most_in_call)
                obstacles.back() =
                    Error{"throttled", "too_many", "more than one call takes; it follows", 100, "recipient"};
            if (!obstacles.back()) included.push_back(&to);
        }
        if (turn.reply()) return read_sms(in, obstacles, included.size(), *turn.reply());
        Next next = included.empty() ? Next::done() : Next(sms_request(account_, in, included));
        for (std::size_t i = 0; i < obstacles.size(); ++i)
            if (obstacles[i]) next.failed(i, *obstacles[i]);
        return next;
    }

    // Who has an id was taken, whatever the error beside it is about.
    static Next read_sms(const Send& in, const std::vector<std::optional<Error>>& obstacles,
                         std::size_t included, const Reply& reply) {
        const auto refusal = refusal_of(reply);
        const bool readable = reply.ok() && !(refusal && refusal->unclear);
        Next next = Next::done();
        for (std::size_t i = 0; i < in.to.size(); ++i) {
            if (obstacles[i]) continue;  // told in the first turn
            const std::string id = readable ? sms_id(reply.json(), in.to[i].address) : std::string();
            if (!id.empty())
                next.sent(i, id);
            else if (refusal && refusal->unclear)
                next.uncertain(i, refusal->error);
            else if (refusal)
                next.failed(i, refusal->error);
            else if (included == 1 && reply.json()["data"].is_array())
                next.failed(i, {"recipient", "", "Kaleyra did not take this number and gave no reason"});
            else  // the answer to a list is not documented
                next.uncertain(i, {"provider", "", "Kaleyra's answer does not name this number"});
        }
        return next;
    }

    static Next read_whatsapp(const Reply& reply) {
        Next next = Next::done();
        if (const auto refusal = refusal_of(reply))
            return refusal->unclear ? next.uncertain(0, refusal->error) : next.failed(0, refusal->error);
        const std::string id = whatsapp_id(reply.json());
        if (id.empty()) return next.uncertain(0, {"provider", "", "Kaleyra's answer names no message"});
        return next.sent(0, id);
    }

    Account account_;
};

}  // namespace
}  // namespace kaleyra

DAKIYA_PLUGIN(kaleyra::Kaleyra)
