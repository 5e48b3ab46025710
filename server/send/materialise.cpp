#include "send/materialise.hpp"

#include <algorithm>

#include "domain/admission.hpp"
#include "domain/placeholder.hpp"
#include "send/chunk_page.hpp"
#include "store/chunks.hpp"
#include "store/ids.hpp"
#include "store/messages.hpp"
#include "store/suppressions.hpp"
#include "store/templates.hpp"

namespace dakiya::send {

namespace {

using store::Contact;
using store::Message;

bool has(const std::vector<std::string>& words, std::string_view word) {
    return std::find(words.begin(), words.end(), word) != words.end();
}

const std::string& address_of(const Contact& contact, std::string_view channel) {
    return channel == "email" ? contact.email : contact.phone;
}

int page_size(const PageSizes& pages, const store::Campaign& campaign, bool timed) {
    const int size = campaign.next_chunk == 0 ? pages.first : timed ? pages.timed : pages.later;
    if (campaign.canary != store::CanaryState::under_way) return size;
    return static_cast<int>(std::min<std::int64_t>(size, campaign.canary_left));
}

struct Page {
    std::vector<Group> groups;
    Id cursor = 0;
    bool last = false;
    std::int64_t suppressions = 0;  // their version, before anybody was admitted
    bool written = false;           // not when the campaign has moved on
};

// Inside a writer's unit; may run again, so it only sets.
void write_page(store::Session& session, const store::Campaign& campaign, Page& page) {
    page.written = write_groups(session, campaign, page.groups, page.cursor, page.last);
}

// What is to be sent at once need not be read back.
void keep_fresh(FreshChunks& fresh, const store::Campaign& campaign, Page& page) {
    if (!page.written) return;
    int next = campaign.next_chunk;
    for (Group& group : page.groups) {
        const int no = next++;
        if (group.not_before != 0) continue;
        std::erase_if(group.messages,
                      [](const Message& message) { return message.state != domain::State::queued; });
        fresh.put({campaign.id, no, page.suppressions, std::move(group.messages)});
    }
}

}  // namespace

Admitted admit_contacts(store::Session& session, const AdmitInput& input,
                        const std::vector<Contact>& contacts, std::int64_t now_ms) {
    std::vector<std::string> addresses;
    for (const Contact& contact : contacts)
        if (const auto& address = address_of(contact, input.channel); !address.empty())
            addresses.push_back(address);
    const auto closed = store::suppressions::which_of(session, input.scope, input.channel, addresses);

    Admitted admitted;
    admitted.messages.reserve(contacts.size());
    for (const Contact& contact : contacts) {
        const Json attributes = Json::parse(contact.attributes);
        const domain::Person person{contact.name, contact.phone, contact.email, &attributes};
        const auto params = domain::resolve(input.content, person);
        const std::string& address = address_of(contact, input.channel);

        domain::Facts facts;
        facts.connection_enabled = true;
        facts.channel = input.channel;
        facts.kind = input.content.kind;
        facts.channel_supported = has(input.manifest.channels, input.channel);
        facts.kind_supported = has(input.manifest.kinds, input.content.kind);
        facts.template_status = input.template_status;
        facts.address = address;
        facts.address_valid = true;  // contacts are normalised when they are written
        if (const auto found = closed.find(address); found != closed.end()) facts.suppression = found->second;
        if (!params) facts.variables = &params.error();
        const auto skip = domain::admit(facts);

        Message message;
        message.tenant = input.scope.tenant;
        message.origin = input.origin;
        message.campaign = input.campaign;
        message.connection = input.connection;
        message.contact = contact.id;
        message.channel = input.channel;
        message.address = address;
        message.state = skip ? domain::State::skipped : domain::State::queued;
        if (skip) message.reason = skip->reason;
        message.params = params ? params->dump() : "{}";
        message.created_at = now_ms;
        if (skip) ++admitted.skipped[{domain::State::skipped, message.reason}];
        admitted.messages.push_back(std::move(message));
    }
    return admitted;
}

Result<bool> Materialiser::page(const store::Campaign& campaign) {
    const store::Scope scope{campaign.tenant};
    auto connection = connections_.open(scope, campaign.connection);
    if (!connection) return connection.error();
    auto content = domain::parse_content(Json::parse(campaign.content), "content");
    if (!content) return content.error();
    auto audience = parse_audience(Json::parse(campaign.audience));
    if (!audience) return audience.error();

    const std::int64_t now = clock_.now_ms();
    Page page;
    db_.read([&](store::Session& session) {
        const Timing timing = load_timing(session, campaign);
        page.suppressions = store::suppressions::version(session, scope);
        const AudiencePage people = audience_page(session, scope, *audience, campaign.audience_cursor,
                                                  page_size(pages_, campaign, timing.plan.timed()));
        std::string template_status;
        if (content->kind == "template")
            if (const auto found = store::templates::find(session, scope, campaign.connection,
                                                          content->template_name, content->template_language))
                template_status = found->status;
        Admitted admitted = admit_contacts(session,
                                           {scope, connection->plugin->manifest(), *content, campaign.channel,
                                            template_status, campaign.id, campaign.connection},
                                           people.contacts, now);
        for (std::size_t i = 0; i < people.after.size(); ++i) admitted.messages[i].after = people.after[i];
        page.cursor = people.cursor;
        page.last = people.end;
        page.groups = group_by_opening(timing, people.contacts, std::move(admitted.messages), now);
    });
    try {
        writer_.run([&](store::Session& session) { write_page(session, campaign, page); });
    } catch (const store::DbError& error) {
        // Another campaign has followed one of these messages in this moment: the page is read again.
        if (error.kind() != store::DbError::Kind::duplicate) throw;
        return true;
    }
    keep_fresh(fresh_, campaign, page);
    return !page.last;
}

}  // namespace dakiya::send
