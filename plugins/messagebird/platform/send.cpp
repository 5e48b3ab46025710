#include "platform/send.hpp"

#include <algorithm>
#include <charconv>
#include <optional>
#include <string>
#include <vector>

#include "common.hpp"
#include "dakiya/crypto.hpp"
#include "platform/errors.hpp"
#include "platform/message.hpp"

namespace messagebird::platform {

using namespace dakiya;

namespace {

constexpr std::size_t most_in_batch = 100;
constexpr int most_repeats = 3;

// Who goes into the call, and who is refused before it; the same in every turn.
struct Plan {
    struct Included {
        std::size_t to;
        Json message;
    };
    std::vector<Included> included;
    std::vector<std::pair<std::size_t, Error>> refused;
};

Plan make_plan(const Account& account, const Send& in) {
    const bool sms = in.channel == "sms";
    Plan plan;
    for (std::size_t i = 0; i < in.to.size(); ++i) {
        try {
            if (!sms && in.channel != "whatsapp")
                throw Refused("the Bird Platform has no channel \"" + in.channel + "\" here", "config");
            Json message = sms ? sms_message(account, in, in.to[i]) : whatsapp_message(account, in, in.to[i]);
            if (plan.included.size() == (sms ? most_in_batch : 1))
                plan.refused.push_back(
                    {i, {"throttled", "too_many", "more than one call takes; it follows", 100, "recipient"}});
            else
                plan.included.push_back({i, std::move(message)});
        } catch (const Refused& refused) {
            plan.refused.emplace_back(i, refused.error());
        }
    }
    return plan;
}

// Kept by Bird for three hours: a call with a key that it knows gives the first one's answer. The key is the
// message's own; who is in a batch may be others next time, which must not look like a repeat (E01005).
std::string idempotency_key(const Send& in, const Plan& plan, const std::string& body) {
    if (in.key.empty() || plan.included.size() == 1) return in.key;
    return in.key + "-" + sha256_hex(body).substr(0, 16);
}

Http request(const Account& account, const Send& in, const Plan& plan, int repeats) {
    const bool batch = plan.included.size() > 1;
    Json body = Json::array();
    for (const Plan::Included& one : plan.included) body.push_back(one.message);
    const std::string path = in.channel == "whatsapp" ? "/v1/whatsapp/messages"
                             : batch                  ? "/v1/sms/batches"
                                                      : "/v1/sms/messages";
    const std::string& own = in.channel == "sms" ? account.from_sms : account.from_whatsapp;
    const std::string text = batch ? body.dump() : body.at(0).dump();
    Http http = account.post(path);
    http.body("application/json", text).limit("send:" + (in.from.empty() ? own : in.from));
    http.then("sent", std::to_string(repeats));
    if (const std::string key = idempotency_key(in, plan, text); !key.empty())
        http.header("idempotency-key", key).repeatable();
    if (in.template_ && waba::lower(in.template_->category) == "authentication") http.secret_body();
    return http;
}

// ---- answers

void add_result(Next& next, const Send& in, std::size_t to, const Json& message) {
    const std::string status = word(message, "status"), id = word(message, "id");
    const Json& told = message["to"].is_object() ? message["to"]["phone_number"] : message["to"];
    const bool other =
        told.is_string() && waba::is_phone(in.to[to].address) && told.text() != in.to[to].address;
    if (id.empty() || other) {
        next.uncertain(to, {"provider", "", "Bird's answer does not name this message"});
    } else if (status == "failed" || status == "rejected" || status == "undelivered" || status == "expired" ||
               status == "canceled") {
        const Json& error = message["last_error"].is_object() ? message["last_error"] : message["error"];
        next.failed(to, message_error(error));
    } else {
        next.sent(to, id, price_of(message));
    }
}

Next accepted(const Send& in, const Plan& plan, const Json& body) {
    Next next = Next::done();
    const bool batch = plan.included.size() > 1;
    const Json& list = body["data"];
    const bool whole = !batch || (list.is_array() && list.size() == plan.included.size());
    for (std::size_t i = 0; i < plan.included.size(); ++i) {
        if (!whole)
            next.uncertain(plan.included[i].to,
                           {"provider", "", "Bird's answer does not name every message of the batch"});
        else
            add_result(next, in, plan.included[i].to, batch ? list.at(i) : body);
    }
    return next;
}

// "[3].to" → 3: the item of a batch that a detail of a 422 is about.
std::optional<std::size_t> item_of(const std::string& param) {
    const std::size_t open = param.find('[');
    if (open == param.npos) return std::nullopt;
    std::size_t item = 0;
    const char* begin = param.data() + open + 1;
    const auto read = std::from_chars(begin, param.data() + param.size(), item);
    return read.ec == std::errc() && *read.ptr == ']' ? std::optional(item) : std::nullopt;
}

std::vector<std::optional<std::string>> blamed(const Reply& reply, std::size_t size) {
    std::vector<std::optional<std::string>> texts(size);
    const Json* body = object_of(reply);
    if (!body || !(*body)["error"]["details"].is_array()) return texts;
    for (const Json& detail : (*body)["error"]["details"])
        if (const auto item = item_of(word(detail, "param")); item && *item < size)
            texts[*item] = word(detail, "message");
    return texts;
}

// A batch is taken whole or not at all. Those that the refusal does not blame are tried again at once, each
// in a call of its own, where a fault of theirs would show.
Next refused_batch(const Plan& plan, const Reply& reply, const Error& error) {
    Next next = Next::done();
    const auto texts = blamed(reply, plan.included.size());
    for (std::size_t i = 0; i < plan.included.size(); ++i) {
        if (texts[i])
            next.failed(plan.included[i].to, {error.cls, error.code, *texts[i]});
        else
            next.failed(
                plan.included[i].to,
                {"throttled", "batch_refused",
                 "Bird refused the batch because of a message in it: " + error.text, 100, "recipient"});
    }
    return next;
}

Next refused(const Plan& plan, const Reply& reply) {
    const Error error = call_error(reply);
    const bool of_one = error.cls == "content" || error.cls == "recipient" || error.cls == "template";
    if (plan.included.size() > 1 && of_one) return refused_batch(plan, reply, error);
    Next next = Next::done();
    for (const Plan::Included& one : plan.included) next.failed(one.to, error);
    return next;
}

Next answered(const Send& in, const Plan& plan, const Reply& reply, int repeats) {
    if (worth_repeating(reply)) {
        const std::int64_t pause =
            std::clamp(retry_after_ms(reply), std::int64_t{500} << repeats, std::int64_t{8000});
        if (!in.key.empty() && repeats < most_repeats)
            return Next::wait(pause, "again", std::to_string(repeats + 1));
        Next next = Next::done();
        for (const Plan::Included& one : plan.included) next.uncertain(one.to, call_error(reply));
        return next;
    }
    return reply.ok() ? accepted(in, plan, reply.json()) : refused(plan, reply);
}

int repeats_in(std::string_view memo) {
    int repeats = 0;
    std::from_chars(memo.data(), memo.data() + memo.size(), repeats);
    return std::clamp(repeats, 0, most_repeats);
}

}  // namespace

Price price_of(const Json& message) {
    const Json& cost = message["cost"];
    Price price = read_price(word(cost, "amount"), word(cost, "currency_code"));
    const Json& count = message["segments"]["count"];
    if (count.is_integer() && count.integer() > 0 && count.integer() < 100)
        price.parts = static_cast<int>(count.integer());
    return price;
}

Next send(const Account& account, const Send& in, const Turn& turn) {
    const Plan plan = make_plan(account, in);
    const int repeats = repeats_in(turn.memo());
    const bool again = turn.step() == "again";  // the wait is over
    if (turn.reply() && !again) return answered(in, plan, *turn.reply(), repeats);
    Next next = plan.included.empty() ? Next::done() : Next(request(account, in, plan, repeats));
    if (again) return next;  // who is refused was told in the first turn
    for (const auto& [to, error] : plan.refused) next.failed(to, error);
    return next;
}

}  // namespace messagebird::platform
