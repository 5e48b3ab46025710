#include "send/resolve.hpp"

#include "dakiya/json.hpp"
#include "send/next_single.hpp"
#include "store/follow_ups.hpp"
#include "store/ids.hpp"
#include "store/queue.hpp"

namespace dakiya::send {

namespace {

// As a single message has it.
Result<std::string> content_of(store::Session& session, const store::Message& old) {
    if (old.campaign == 0) {
        const Json stored = Json::parse(old.content);
        return Json{{"from", stored.value("from", "")}, {"content", stored.at("content")}}.dump();
    }
    const auto campaign = store::campaigns::find(session, store::Scope{old.tenant}, old.campaign);
    if (!campaign) return Error{Code::conflict, "its campaign is gone, and with it what it said", ""};
    return Json{{"from", ""}, {"content", Json::parse(campaign->content)}}.dump();
}

}  // namespace

Result<store::Message> resend(store::Session& session, const store::Message& old, std::int64_t now_ms) {
    if (old.origin == domain::Origin::otp)
        return Error{Code::conflict, "a one-time password is sent again by POST /v1/otp/{otp}/resend", ""};
    const Id before[] = {old.id};
    if (const auto next = store::follow_ups::next_of(session, before); !next.empty())
        return Error{
            Code::conflict,
            "another message has followed it already: " + format_id(prefix::message, next.begin()->second),
            ""};
    auto content = content_of(session, old);
    if (!content) return content.error();
    store::Message message = old;
    message.id = store::reserve_ids(session, 1);
    message.origin = domain::Origin::single;
    message.campaign = 0;
    message.content = *std::move(content);
    message.after = old.id;
    message.state = domain::State::queued;
    message.created_at = now_ms;
    const std::span<const store::Message> one(&message, 1);
    store::messages::insert(session, one);
    store::follow_ups::add(session, one);
    const store::Queued row = due_at_once(message, now_ms);
    store::queue::insert(session, std::span<const store::Queued>(&row, 1));
    return message;
}

}  // namespace dakiya::send
