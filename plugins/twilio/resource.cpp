#include "resource.hpp"

#include <array>
#include <charconv>
#include <string>

#include "dakiya/wording.hpp"
#include "date.hpp"
#include "errors.hpp"
#include "text.hpp"

namespace twilio {

using namespace dakiya;

namespace {

// Anything up to "sent" is in Twilio's hands: for us it went out. A scheduled message that was cancelled in
// the Console never will.
constexpr std::array<dakiya::StatusWord, 11> words{{
    {"accepted", Status::sent},
    {"scheduled", Status::sent},
    {"queued", Status::sent},
    {"sending", Status::sent},
    {"sent", Status::sent},
    {"partially_delivered", Status::sent},
    {"delivered", Status::delivered},
    {"read", Status::read},
    {"failed", Status::failed},
    {"undelivered", Status::failed},
    {"canceled", Status::failed},
}};

// Amounts are decimal texts, negative when they are charged: "-0.00750" is 7500 millionths. Nothing when
// it is not known yet.
std::optional<std::int64_t> millionths(std::string_view amount) {
    if (amount.empty() || amount[0] != '-') return std::nullopt;
    amount.remove_prefix(1);
    std::int64_t value = 0;
    int decimals = -1;
    for (const char c : amount) {
        if (c == '.' && decimals < 0) {
            decimals = 0;
        } else if (c < '0' || c > '9' || value > 100'000'000'000) {
            return std::nullopt;
        } else if (decimals < 6) {
            value = value * 10 + (c - '0');
            if (decimals >= 0) ++decimals;
        }
    }
    for (decimals = decimals < 0 ? 0 : decimals; decimals < 6; ++decimals) value *= 10;
    return value;
}

// "num_segments" is "0" until a service has chosen the sender; "price" is null for some minutes.
Price read_price(const Json& message) {
    Price price;
    const std::string parts = message["num_segments"].scalar();
    std::from_chars(parts.data(), parts.data() + parts.size(), price.parts);
    const std::string currency = upper(message["price_unit"].scalar());
    const auto cost = millionths(message["price"].scalar());
    const bool iso =
        currency.size() == 3 && currency.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ") == std::string::npos;
    if (!cost || !iso) return price;
    price.cost = *cost;
    price.currency = currency;
    return price;
}

Error read_error(const Json& message, std::string_view address) {
    if (message["status"] == Json("canceled"))
        return {"policy", "canceled", "the message was cancelled at Twilio"};
    const Json& code = message["error_code"];
    return message_error(code.is_integer() ? code.integer() : 0, message["error_message"].scalar(), address);
}

// ---- settle

Next tell(const Json& message, const Json& in) {
    const auto status = read_status(message.value("status", ""));
    if (!status) return Next::done();
    const std::string& address = in.at("address").text();
    Event event = Event::status(message.at("sid").text(), *status);
    event.ref(in.at("ref").text()).address(address).price(read_price(message));
    event.sender(std::string(without_channel(message["from"].scalar())));
    if (*status == Status::failed) event.error(read_error(message, address));
    return Next::done().event(event);
}

// Twilio creates the resource while it answers, so it was made in the moments after we asked.
constexpr std::int64_t clock_margin_s = 5;  // clocks disagree a little
constexpr std::int64_t longest_call_s = 60;

bool made_then(const Json& message, std::int64_t sent_at_s) {
    const auto made = read_rfc2822(message["date_created"].scalar());
    return message["direction"] == Json("outbound-api") && made && *made >= sent_at_s - clock_margin_s &&
           *made <= sent_at_s + longest_call_s;
}

// Only when it is the only message to this person at that time: two cannot be told apart.
Next pick(const Json& page, const Json& in) {
    if (!next_page(page, {}).empty()) return Next::done();  // more than a page in a day: not a person
    const std::int64_t sent_at_s = in.value("sent_at", 0) / 1000;
    const Json* found = nullptr;
    for (const Json& message : page.at("messages")) {
        if (!made_then(message, sent_at_s)) continue;
        if (found) return Next::done();
        found = &message;
    }
    return found ? tell(*found, in) : Next::done();
}

}  // namespace

std::optional<Status> read_status(std::string_view word) { return dakiya::status_by_word(words, word); }

// https://www.twilio.com/docs/usage/twilios-response
Next read_answer(const Send& in, const Reply& reply) {
    Next next = Next::done();
    const std::string& address = in.to.front().address;
    if (!reply.ok()) {
        // A server fault may come after the message was taken, and there is no idempotency key: only a code
        // that says why it was not taken makes it sure. A refusal (3xx, 4xx) took nothing.
        const Error error = reply_error(reply, address);
        const bool fault = reply.status() == 408 || reply.status() >= 500;
        const bool unclear = reply.status() < 300 || (fault && error.cls == "provider");
        return unclear ? next.uncertain(0, error) : next.failed(0, error);
    }
    try {
        const Json& message = reply.json();
        const std::string sid = message.value("sid", "");
        if (sid.empty()) return next.uncertain(0, {"provider", "", "Twilio's answer names no message"});
        if (read_status(message["status"].scalar()) == Status::failed)
            return next.failed(0, read_error(message, address));
        return next.sent(0, sid, read_price(message));
    } catch (const JsonError& error) {
        return Next::done().uncertain(
            0, {"provider", "", std::string("Twilio's answer cannot be read: ") + error.what()});
    }
}

Next settle(const Account& account, const Turn& turn) {
    const Json& in = turn.input();
    const std::string id = in.value("id", "");
    const bool known = is_sid(id, "SM") || is_sid(id, "MM");
    if (const Reply* reply = turn.reply()) {
        if (known && reply->status() == 404) return Next::done();  // deleted, or not ours
        const Json& body = require_ok(*reply);
        return known ? tell(body, in) : pick(body, in);
    }
    if (known) return account.manage(account.get(account.core("/Messages/" + id + ".json")));
    const std::int64_t sent_at = in.value("sent_at", 0);
    if (sent_at <= 0) return Next::done();  // without a time nothing can be told apart
    const bool whatsapp = in.value("channel", "") == "whatsapp";
    const std::string to = (whatsapp ? "whatsapp:" : "") + in.at("address").text();
    // A message that is still queued has no DateSent yet; it is not found now, and a callback tells later.
    return account.manage(account.get(account.core("/Messages.json"))
                              .query("To", to)
                              .query("DateSent>", day_of(sent_at / 1000 - clock_margin_s))
                              .query("PageSize", "1000"));
}

}  // namespace twilio
