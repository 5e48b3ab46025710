#include "status.hpp"

#include <algorithm>
#include <string>
#include <vector>

#include "answer.hpp"
#include "dakiya/time.hpp"

namespace sleekflow {

using namespace dakiya;

namespace {

constexpr std::size_t most_conversations =
    14;  // an operation has 16 turns, and one may be spent on the other path

// The conversations of "conversation/id" texts, each once.
std::vector<std::string> conversations_of(const Json& ids) {
    std::vector<std::string> found;
    for (const Json& id : ids) {
        const std::size_t slash = id.text().find('/');
        if (slash == std::string::npos || slash == 0) continue;  // nothing to ask with
        std::string conversation = id.text().substr(0, slash);
        if (std::find(found.begin(), found.end(), conversation) == found.end() &&
            found.size() < most_conversations)
            found.push_back(std::move(conversation));
    }
    return found;
}

// Two programs use two paths; which one works is learnt from the first answer.
struct Place {
    std::size_t conversation = 0;
    bool other_path = false;

    static Place read(std::string_view memo) {
        const Json json = Json::parse(memo);
        return {static_cast<std::size_t>(json.at("conversation").integer()), json.at("other_path").boolean()};
    }
    Next ask(const Account& account, const std::vector<std::string>& conversations) const {
        if (conversation >= conversations.size()) return Next::done();
        const std::string id = percent(conversations[conversation]);
        Http http = account.get(other_path ? "/api/conversation/" + id + "/messages"
                                           : "/api/conversation/message/" + id);
        http.query("limit", "50").query("offset", "0");
        http.then("page", Json{{"conversation", conversation}, {"other_path", other_path}}.dump());
        return http;
    }
};

void add_events(Next& next, const std::string& conversation, const Json::Array& messages, const Json& ids) {
    for (const Json& message : messages) {
        const std::string id = message_id(conversation, message.at("id").scalar());
        if (std::none_of(ids.begin(), ids.end(), [&](const Json& wanted) { return wanted == Json(id); }))
            continue;
        const std::optional<Error> refusal = refusal_of(message);
        const std::optional<Status> status =
            refusal ? Status::failed : status_of(message.value("status", ""));
        if (!status) continue;
        const std::string at = message.value("updatedAt", message.value("createdAt", ""));
        Event event = Event::status(id, *status, read_iso_time(at));
        event.dedupe(id + ":" + to_string(*status));
        if (refusal) event.error(*refusal);
        next.event(event);
    }
}

}  // namespace

Next ask_status(const Account& account, const Turn& turn) {
    const Json& ids = turn.input().at("ids");
    const std::vector<std::string> conversations = conversations_of(ids);
    const Reply* reply = turn.reply();
    if (!reply) return Place{}.ask(account, conversations);

    const Place asked = Place::read(turn.memo());
    if (reply->status() == 404 && !asked.other_path && asked.conversation == 0)
        return Place{0, true}.ask(account, conversations);
    // A conversation that is gone is no reason to leave the others unread.
    if (!reply->ok() && reply->status() != 404) throw Fault(DK_BAD_REPLY, account.explain(*reply));
    Next next = Place{asked.conversation + 1, asked.other_path}.ask(account, conversations);
    if (reply->ok()) add_events(next, conversations.at(asked.conversation), reply->json().items(), ids);
    return next;
}

}  // namespace sleekflow
