// Sandbox: a pretend provider. Nothing leaves this machine; what becomes of a message follows from the
// recipient's address and the settings alone, so a test or a demo can choose its outcome (README.md).
#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "dakiya/encoding.hpp"
#include "dakiya/provider.hpp"
#include "dakiya/verdict.hpp"
#include "manifest.inc"

namespace {

using namespace dakiya;

// FNV-1a (http://www.isthe.com/chongo/tech/comp/fnv/): spreads addresses evenly, the same everywhere.
std::uint64_t hash(std::string_view salt, std::string_view text) {
    std::uint64_t value = 14695981039346656037U;
    for (const std::string_view part : {salt, text})
        for (const char c : part) value = (value ^ static_cast<unsigned char>(c)) * 1099511628211U;
    return value ^ value >> 32;
}

// Is this address among that share of all addresses?
bool among(std::int64_t percent, std::string_view salt, std::string_view address) {
    return static_cast<std::int64_t>(hash(salt, address) % 100) < percent;
}

std::string message_id(std::string_view key, std::string_view address) {
    const std::uint64_t value = hash(key, address);
    std::string raw(8, '\0');
    for (int i = 0; i < 8; ++i)
        raw[static_cast<std::size_t>(i)] = static_cast<char>(value >> (56 - 8 * i) & 255);
    return "sandbox-" + hex(raw);
}

// The last four characters, of an e-mail address those before the "@".
std::string_view ending(std::string_view address) {
    address = address.substr(0, address.find('@'));
    return address.size() < 4 ? std::string_view() : address.substr(address.size() - 4);
}

struct Script {
    std::string_view ending;
    Error error;
};

// The addresses that are refused at once.
std::optional<Error> refusal(std::string_view address) {
    static const Script scripts[] = {
        {"0000", {"recipient", "0000", "no such number"}},
        {"0001", {"opted_out", "0001", "this person has opted out"}},
        {"0002", {"window", "0002", "the 24-hour window is closed; send a template"}},
        {"0003", {"content", "0003", "the content is refused"}},
        {"0004", {"template", "0004", "the template is not approved"}},
        {"0005", {"policy", "0005", "not allowed at this hour"}},
        {"0006", {"throttled", "0006", "too fast", 1000}},
        {"0007", {"provider", "0007", "the provider has a passing fault"}},
        {"0008", {"auth", "0008", "the credentials are refused"}},
        {"0009", {"balance", "0009", "the balance is used up"}},
        {"0010", {"quota", "0010", "the daily quota is used up"}},
        {"0011", {"config", "0011", "the sender is not set up"}},
    };
    for (const Script& script : scripts)
        if (ending(address) == script.ending) return script.error;
    return std::nullopt;
}

constexpr std::string_view lost_answer = "0012";   // the result is uncertain; settle knows more
constexpr std::string_view late_failure = "0013";  // accepted, then not delivered
constexpr std::string_view says_stop = "0014";     // answers STOP
constexpr std::string_view says_hello = "0015";    // always answers

const Error undelivered{"recipient", "0013", "the phone was out of reach"};

Price price_of(const Send& in) {
    if (in.channel == "email") return {1, 100, "USD"};
    return {1, in.channel == "whatsapp" ? 5000 : 7500, "USD"};
}

Json demo_template(const char* name, const char* category, const char* text, Json variables) {
    return {{"name", name},
            {"language", "en"},
            {"category", category},
            {"status", "approved"},
            {"id", std::string("sandbox-") + name},
            {"components", Json::array({Json{{"type", "BODY"}, {"text", text}}})},
            {"variables", std::move(variables)}};
}

class Sandbox final : public Connection {
public:
    explicit Sandbox(const Settings& s)
        : latency_ms_(s.integer("latency_ms", 0)),
          failure_percent_(s.integer("failure_percent", 0)),
          delivered_after_ms_(s.integer("delivered_after_ms", 1000)),
          read_percent_(s.integer("read_percent", 50)),
          read_after_ms_(s.integer("read_after_ms", 3000)),
          reply_percent_(s.integer("reply_percent", 0)),
          login_every_s_(s.integer("login_every_s", 0)) {}

    Next send(const Send& in, const Turn& turn) const override {
        if (needs_login(turn)) return Next::done().failed_all(in, {"auth", "login", no_login});
        if (!turn.reply() && latency_ms_ > 0) return Next::wait(latency_ms_, "answer");
        Next next = Next::done();
        for (std::size_t i = 0; i < in.to.size(); ++i) answer(in, i, turn.now(), next);
        next.log("pretended to send a " + in.kind + " over " + in.channel + " to " +
                 std::to_string(in.to.size()) + (in.to.size() == 1 ? " recipient" : " recipients"));
        return next;
    }

    Next other(const Turn& turn) const override {
        if (turn.op() == "authorize") return authorize(turn);
        Next next = run(turn);  // first, because it knows what is no operation of ours
        if (!needs_login(turn)) return next;
        return verdict(false, no_login, {{"class", "auth"}});
    }

private:
    static constexpr const char* no_login = "log in first: there is no valid token";

    Next run(const Turn& turn) const {
        if (turn.op() == "check") return check();
        if (turn.op() == "senders") return add_senders(Next::done());
        if (turn.op() == "balance") return add_balance(Next::done());
        if (turn.op() == "settle") return settle(turn);
        if (turn.op() == "media.upload") return upload(turn);
        if (turn.op() == "templates.list") return list_templates(turn);
        if (turn.op() == "templates.create") return change_template(turn, "approved");
        if (turn.op() == "templates.delete") return change_template(turn, "gone");
        if (turn.op() == "mark_read")
            return Next::done().record("note", {{"text", "Marked as read: " + turn.input().at("id").text()}});
        return Connection::other(turn);
    }

    // A provider with a login gives its token as a credential; the server brings it along until it ends, and
    // asks for another when class `auth` says that it is needed.
    bool needs_login(const Turn& turn) const { return login_every_s_ > 0 && turn.credential().is_null(); }

    Next authorize(const Turn& turn) const {
        if (login_every_s_ == 0) return Next::done();  // no record: these settings need none
        const std::string token = message_id("token", std::to_string(turn.now()));
        return Next::done().record("credential",
                                   {{"token", token}, {"expires_at", turn.now() + 1000 * login_every_s_}});
    }

    void answer(const Send& in, std::size_t index, std::int64_t now, Next& next) const {
        const Recipient& to = in.to[index];
        const std::string id = message_id(in.key, to.address);
        if (const auto error = refusal(to.address)) {
            next.failed(index, *error);
            return;
        }
        if (among(failure_percent_, "failure", to.address)) {
            next.failed(index, {"recipient", "percent", "refused: one of the settings' failures"});
            return;
        }
        if (ending(to.address) == lost_answer) {
            next.uncertain(index, {"provider", "0012", "the answer was lost"});
            return;
        }
        next.sent(index, id, price_of(in));
        tell_fate(in, to, id, now, next);
    }

    // The events that a real provider would send later by webhook.
    void tell_fate(const Send& in, const Recipient& to, const std::string& id, std::int64_t now,
                   Next& next) const {
        const auto status = [&](Status word, std::int64_t after) {
            Event event =
                Event::status(id, word, now + after).ref(to.ref).address(to.address).after_ms(after);
            if (!in.from.empty()) event.sender(in.from);
            return event;
        };
        if (ending(to.address) == late_failure) {
            next.event(status(Status::failed, delivered_after_ms_).error(undelivered));
            return;
        }
        next.event(status(Status::delivered, delivered_after_ms_));
        const std::int64_t read_after = std::max(delivered_after_ms_, read_after_ms_);
        if (among(read_percent_, "read", to.address)) next.event(status(Status::read, read_after));

        const bool stops = ending(to.address) == says_stop, greets = ending(to.address) == says_hello;
        if (!stops && !greets && !among(reply_percent_, "reply", to.address)) return;
        const std::int64_t reply_after = read_after + 1000;
        Event reply = Event::inbound(id + "-reply", to.address, now + reply_after)
                          .text(stops ? "STOP" : "Hello, thank you for your " + in.kind + " message.")
                          .reply_to(id)
                          .channel(in.channel)
                          .name("Sandbox person")
                          .after_ms(reply_after);
        if (!in.from.empty()) reply.sender(in.from);
        next.event(reply);
    }

    static Next add_senders(Next next) {
        next.record(
            "sender",
            {{"id", "+15550100001"}, {"name", "Sandbox one"}, {"quality", "high"}, {"status", "connected"}});
        next.record(
            "sender",
            {{"id", "SANDBX"}, {"name", "Sandbox two"}, {"quality", "high"}, {"status", "connected"}});
        return next;
    }
    static Next add_balance(Next next) {
        next.record("balance", {{"amount", "1000.00"}, {"currency", "USD"}});
        return next;
    }
    static Next check() {
        return add_balance(
            add_senders(verdict(true, "The sandbox works. It only pretends: nothing leaves this server.",
                                {{"name", "Sandbox"}, {"status", "connected"}})));
    }

    // What became of a message whose answer was lost: as its address says.
    static Next settle(const Turn& turn) {
        const Json& in = turn.input();
        const std::string address = in.at("address").text();
        const bool failed = ending(address) == late_failure || refusal(address);
        Event event =
            Event::status(in.value("id", ""), failed ? Status::failed : Status::delivered, turn.now());
        event.ref(in.at("ref").text()).address(address);
        if (failed) event.error(refusal(address).value_or(undelivered));
        return Next::done().event(event);
    }

    static Next upload(const Turn& turn) {
        constexpr std::int64_t month_ms = 30LL * 24 * 3600 * 1000;
        const std::int64_t blob = turn.input().at("blob");
        return Next::done().record("media", {{"handle", "sandbox-media-" + std::to_string(blob)},
                                             {"expires_at", turn.now() + month_ms}});
    }

    // Two pages, so that paging can be tried.
    static Next list_templates(const Turn& turn) {
        if (turn.step() == "second")
            return Next::done().record("template", demo_template("login_code", "authentication",
                                                                 "{{1}} is your code.", Json::array({"1"})));
        Next next = Next::wait(1, "second");
        next.record("template",
                    demo_template("order_update", "utility", "Hello {{1}}, your order {{2}} is on its way.",
                                  Json::array({"1", "2"})));
        next.record("template",
                    demo_template("summer_sale", "marketing", "Hello {{1}}, everything is half price today.",
                                  Json::array({"1"})));
        return next;
    }

    static Next change_template(const Turn& turn, const char* status) {
        const Json& in = turn.input();
        Json changed{
            {"name", in.at("name").text()}, {"language", in.value("language", "en")}, {"status", status}};
        changed.set("id", "sandbox-" + in.at("name").text());
        if (in.contains("category")) changed.set("category", in.value("category", ""));
        if (const Json* components = in.find("components")) changed.set("components", *components);
        return Next::done().record("template", changed);
    }

    std::int64_t latency_ms_, failure_percent_, delivered_after_ms_, read_percent_, read_after_ms_,
        reply_percent_, login_every_s_;
};

}  // namespace

DAKIYA_PLUGIN(Sandbox)
