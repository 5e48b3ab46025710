#include "send/next_step.hpp"

#include "store/templates.hpp"

namespace dakiya::send {

namespace {

using store::Contact;
using store::Message;

// The people of these messages, in their order. Somebody who is no contact is only an address.
std::vector<Contact> people_of(store::Session& session, store::Scope scope,
                               const std::vector<Message>& messages) {
    std::vector<Id> ids;
    for (const Message& message : messages)
        if (message.contact != 0) ids.push_back(message.contact);
    std::map<Id, Contact> known;
    for (Contact& contact : store::contacts::find_many(session, scope, ids))
        known.emplace(contact.id, std::move(contact));
    std::vector<Contact> people;
    people.reserve(messages.size());
    for (const Message& message : messages) {
        const auto found = known.find(message.contact);
        Contact person;
        if (found != known.end()) person = found->second;
        if (message.contact == 0)
            (message.channel == "email" ? person.email : person.phone) = message.address;
        if (person.attributes.empty()) person.attributes = "{}";
        people.push_back(std::move(person));
    }
    return people;
}

domain::Earlier earlier_of(const DueMessage& due) {
    if (!due.outcome) return {due.message.state, {}, due.message.reason, due.message.created_at};
    const store::Outcome& outcome = *due.outcome;
    return {outcome.state, domain::parse_class(outcome.cls), outcome.code, outcome.sent_at};
}

}  // namespace

std::vector<DueMessage> load_due(store::Session& session, const std::vector<store::Fallback>& rows) {
    std::vector<Id> ids;
    for (const store::Fallback& row : rows) ids.push_back(row.message);
    std::map<Id, DueMessage> found;
    for (Message& message : store::messages::by_ids(session, ids))
        found[message.id].message = std::move(message);
    for (store::Outcome& outcome : store::outcomes::by_messages(session, ids))
        found[outcome.message].outcome = std::move(outcome);
    std::vector<DueMessage> list;
    for (const store::Fallback& row : rows) {
        const auto due = found.find(row.message);
        if (due == found.end()) continue;
        due->second.row = row;
        list.push_back(std::move(due->second));
    }
    return list;
}

Decision decide(DueMessage& due, const domain::StepRule& rule, domain::OnUncertain policy,
                std::int64_t now_ms) {
    // An uncertain one is due when its time to be settled is over: that is how its row was written.
    const domain::Earlier earlier = earlier_of(due);
    const auto due_at = domain::step_due(rule, earlier, due.row.due_at);
    if (!due_at) return Decision::drop;
    if (*due_at > now_ms) {
        due.row.due_at = *due_at;
        return Decision::later;
    }
    const bool uncertain = earlier.state == domain::State::uncertain;
    return uncertain && policy == domain::OnUncertain::leave ? Decision::leave : Decision::go;
}

Result<Admitted> admit_next(store::Database& db, Connections& connections, const NextStep& next,
                            const std::vector<Message>& earlier, std::int64_t now_ms) {
    const domain::Step& step = next.step;
    auto connection = connections.open(next.scope, step.connection);
    if (!connection) return connection.error();
    Admitted admitted = db.read([&](store::Session& session) {
        std::string template_status;
        if (step.content.kind == "template")
            if (const auto found =
                    store::templates::find(session, next.scope, step.connection, step.content.template_name,
                                           step.content.template_language))
                template_status = found->status;
        return admit_contacts(session,
                              {next.scope, connection->plugin->manifest(), step.content, step.channel,
                               template_status, 0, step.connection, next.origin},
                              people_of(session, next.scope, earlier), now_ms);
    });
    for (std::size_t i = 0; i < earlier.size(); ++i) {
        Message& message = admitted.messages[i];
        message.after = earlier[i].id;
        message.contact = earlier[i].contact;
    }
    return admitted;
}

std::vector<store::Fallback> due_of_skipped(std::span<const Message> messages, const domain::StepRule& rule,
                                            Id route) {
    std::vector<store::Fallback> rows;
    for (const Message& message : messages) {
        if (message.state != domain::State::skipped) continue;
        const domain::Earlier earlier{message.state, {}, message.reason, message.created_at};
        if (const auto due_at = domain::step_due(rule, earlier, 0))
            rows.push_back({message.id, message.tenant, route, *due_at});
    }
    return rows;
}

void note_unreachable(store::Session& session, const store::Campaign& campaign,
                      std::span<const Message> messages) {
    if (campaign.fallback.empty()) return;
    if (const auto rule = domain::first_rule(Json::parse(campaign.fallback)))
        store::fallbacks::insert(session, due_of_skipped(messages, *rule, campaign.route()));
}

}  // namespace dakiya::send
