#include "send/materialise.hpp"

#include <algorithm>

#include "domain/admission.hpp"
#include "domain/placeholder.hpp"
#include "send/next_step.hpp"
#include "store/chunks.hpp"
#include "store/ids.hpp"
#include "store/messages.hpp"
#include "store/suppressions.hpp"
#include "store/templates.hpp"

namespace dakiya::send {

namespace {

using store::Contact;
using store::Message;

constexpr std::size_t most_named_contacts = 10'000;
constexpr std::size_t most_tags = 50;

bool has(const std::vector<std::string>& words, std::string_view word) {
    return std::find(words.begin(), words.end(), word) != words.end();
}

const std::string& address_of(const Contact& contact, std::string_view channel) {
    return channel == "email" ? contact.email : contact.phone;
}

// Contacts of a fixed list, walked like a filter. Those that were removed are passed over: an empty page
// is the end of the list.
std::vector<Contact> named_page(store::Session& session, store::Scope scope, const std::vector<Id>& ids,
                                Id cursor, int limit) {
    std::vector<Contact> contacts;
    auto from = std::upper_bound(ids.begin(), ids.end(), cursor);
    while (contacts.empty() && from != ids.end()) {
        const auto to = from + std::min<std::ptrdiff_t>(limit, ids.end() - from);
        contacts = store::contacts::find_many(session, scope, std::vector<Id>(from, to));
        from = to;
    }
    std::sort(contacts.begin(), contacts.end(),
              [](const Contact& a, const Contact& b) { return a.id < b.id; });
    return contacts;
}

}  // namespace

Result<Audience> parse_audience(const Json& json) {
    if (!json.is_object() || json.size() != 1)
        return invalid("audience", "exactly one of \"all\", \"tags\" or \"contacts\" is needed");
    Audience audience;
    const auto& [word, value] = json.members().front();
    if (word == "all") {
        if (!value.is_bool() || !value.boolean()) return invalid("audience.all", "must be true");
        return audience;
    }
    if (!value.is_array() || value.empty())
        return invalid("audience." + word, "must be a list of texts, not empty");
    if (word == "tags") {
        if (value.size() > most_tags) return invalid("audience.tags", "at most 50 tags");
        for (const Json& tag : value) {
            if (!tag.is_string() || tag.text().empty())
                return invalid("audience.tags", "must be a list of texts");
            audience.filter.tags.push_back(tag.text());
        }
        return audience;
    }
    if (word != "contacts")
        return invalid("audience." + word, "is not known; use \"all\", \"tags\" or \"contacts\"");
    if (value.size() > most_named_contacts)
        return invalid("audience.contacts", "at most 10,000 contacts; give more of them a tag instead");
    for (const Json& item : value) {
        const auto id = item.is_string() ? parse_id(prefix::contact, item.text()) : std::nullopt;
        if (!id) return invalid("audience.contacts", "must be a list of contact ids (cnt_…)");
        audience.contacts.push_back(*id);
    }
    std::sort(audience.contacts.begin(), audience.contacts.end());
    audience.contacts.erase(std::unique(audience.contacts.begin(), audience.contacts.end()),
                            audience.contacts.end());
    return audience;
}

std::vector<Contact> audience_page(store::Session& session, store::Scope scope, const Audience& audience,
                                   Id cursor, int limit) {
    if (!audience.contacts.empty()) return named_page(session, scope, audience.contacts, cursor, limit);
    return store::contacts::walk(session, scope, audience.filter, cursor, limit);
}

std::int64_t audience_size(store::Session& session, store::Scope scope, const Audience& audience) {
    if (!audience.contacts.empty()) return static_cast<std::int64_t>(audience.contacts.size());
    return store::contacts::count(session, scope, audience.filter);
}

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

    const int limit = campaign.next_chunk == 0 ? first_page : later_page;
    const std::int64_t now = clock_.now_ms();
    std::vector<Contact> contacts;
    Admitted admitted;
    db_.read([&](store::Session& session) {
        contacts = audience_page(session, scope, *audience, campaign.audience_cursor, limit);
        std::string template_status;
        if (content->kind == "template")
            if (const auto found = store::templates::find(session, scope, campaign.connection,
                                                          content->template_name, content->template_language))
                template_status = found->status;
        admitted = admit_contacts(session,
                                  {scope, connection->plugin->manifest(), *content, campaign.channel,
                                   template_status, campaign.id, campaign.connection},
                                  contacts, now);
    });

    const bool last = contacts.empty();
    const Id cursor = last ? campaign.audience_cursor : contacts.back().id;
    std::int64_t n_skipped = 0;
    for (const auto& [reason, n] : admitted.skipped) n_skipped += n;
    bool moved_on = false;
    writer_.run([&](store::Session& session) {
        const auto n = static_cast<std::int64_t>(admitted.messages.size());
        moved_on = !store::campaigns::add_page(session, campaign, cursor, last, !last, n, n_skipped);
        if (moved_on || last) return;
        const Id first = store::reserve_ids(session, n);
        for (std::int64_t i = 0; i < n; ++i) admitted.messages[static_cast<std::size_t>(i)].id = first + i;
        store::messages::insert(session, admitted.messages);
        note_unreachable(session, campaign, admitted.messages);
        store::Chunk chunk;
        chunk.campaign = campaign.id;
        chunk.no = campaign.next_chunk;
        chunk.tenant = campaign.tenant;
        chunk.first_id = chunk.cursor_id = chunk.intent_id = first;
        chunk.last_id = first + n - 1;
        chunk.totals.skipped = static_cast<int>(n_skipped);
        store::chunks::create(session, chunk);
        store::campaigns::add_reasons(session, campaign.id, admitted.skipped);
    });
    return !last;
}

}  // namespace dakiya::send
