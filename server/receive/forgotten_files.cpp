#include "receive/forgotten_files.hpp"

#include <algorithm>
#include <map>

#include "domain/content_media.hpp"
#include "store/campaigns.hpp"
#include "store/media_handles.hpp"

namespace dakiya::receive {

namespace {

using store::Outcome;

// What was sent, and how: sender is "" for the connection's default.
struct Sent {
    store::Scope scope;
    Id connection = 0;
    std::string sender;
    Json content;
    std::int64_t at = 0;  // Unix ms
};

void give_up(store::Session& session, const Sent& sent, std::int64_t now_ms) {
    const auto content = domain::parse_content(sent.content, "content");
    if (!content) return;  // it could not be sent today
    for (const domain::MediaUse& use : domain::media_of(*content)) {
        const auto handle =
            store::media_handles::find(session, sent.scope, {sent.connection, sent.sender, use.media});
        if (handle && handle->ready_at <= sent.at) store::media_handles::gone(session, *handle, now_ms);
    }
}

}  // namespace

bool tells_file_gone(const Json& event) {
    const Json& error = event["error"];
    return error.is_object() && error["media"].scalar() == "gone";
}

void give_up_files(store::Session& session, const std::vector<Outcome>& failed, std::int64_t now_ms) {
    std::map<Id, Outcome> newest;  // of each campaign; of single messages each
    for (const Outcome& outcome : failed) {
        const Id of = outcome.campaign != 0 ? outcome.campaign : outcome.message;
        const auto [known, is_new] = newest.try_emplace(of, outcome);
        if (!is_new && known->second.sent_at < outcome.sent_at) known->second = outcome;
    }
    for (const auto& [of, outcome] : newest) {
        const store::Scope scope{outcome.tenant};
        if (outcome.campaign != 0) {
            if (const auto campaign = store::campaigns::find(session, scope, outcome.campaign))
                give_up(session,
                        {scope, campaign->connection, "", Json::parse(campaign->content), outcome.sent_at},
                        now_ms);
            continue;
        }
        for (const store::Message& message : store::messages::by_ids(session, {&outcome.message, 1})) {
            if (message.content.empty()) continue;
            const Json stored = Json::parse(message.content);
            give_up(session,
                    {scope, message.connection, stored.value("from", ""), stored["content"], outcome.sent_at},
                    now_ms);
        }
    }
}

}  // namespace dakiya::receive
