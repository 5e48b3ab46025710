#include "send/audience.hpp"

#include <algorithm>

#include "domain/form.hpp"
#include "domain/outcome.hpp"
#include "send/retry_audience.hpp"

namespace dakiya::send {

namespace {

using store::Contact;

constexpr std::size_t most_named_contacts = 10'000;
constexpr std::size_t most_tags = 50;
constexpr std::size_t most_words = 20;

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

Result<Audience> parse_tags(const Json& list) {
    Audience audience;
    if (list.size() > most_tags) return invalid("audience.tags", "at most 50 tags");
    for (const Json& tag : list) {
        if (!tag.is_string() || tag.text().empty())
            return invalid("audience.tags", "must be a list of texts");
        audience.filter.tags.push_back(tag.text());
    }
    return audience;
}

Result<Audience> parse_contacts(const Json& list) {
    Audience audience;
    if (list.size() > most_named_contacts)
        return invalid("audience.contacts", "at most 10,000 contacts; give more of them a tag instead");
    for (const Json& item : list) {
        const auto id = item.is_string() ? parse_id(prefix::contact, item.text()) : std::nullopt;
        if (!id) return invalid("audience.contacts", "must be a list of contact ids (cnt_…)");
        audience.contacts.push_back(*id);
    }
    std::sort(audience.contacts.begin(), audience.contacts.end());
    audience.contacts.erase(std::unique(audience.contacts.begin(), audience.contacts.end()),
                            audience.contacts.end());
    return audience;
}

// Of another one nobody can say that the person was not reached.
bool not_reached(domain::State state) {
    return state == domain::State::failed || state == domain::State::skipped ||
           state == domain::State::cancelled;
}

Result<Audience> parse_campaign(const Json& json) {
    std::optional<Error> wrong;
    domain::Form form(json, "audience", wrong);
    form.only({"campaign", "states", "classes"});
    Audience audience;
    const auto id = parse_id(prefix::campaign, form.text("campaign", 32));
    if (!id) form.refuse("campaign", "that is not the id of a campaign (cmp_…)");
    audience.campaign = id.value_or(0);
    audience.states = {domain::State::failed};
    if (form.has("states")) {
        audience.states.clear();
        for (const Json& word : form.array("states", most_words)) {
            const auto state = word.is_string() ? domain::parse_state(word.text()) : std::nullopt;
            if (!state || !not_reached(*state))
                form.refuse("states",
                            "may hold failed, skipped and cancelled: everybody else was reached, or may "
                            "have been");
            else
                audience.states.insert(*state);
        }
    }
    if (form.has("classes"))
        for (const Json& word : form.array("classes", most_words)) {
            const std::string name = word.is_string() ? word.text() : "";
            if (domain::to_string(domain::parse_class(name)) != name)
                form.refuse("classes", "holds something that is no class of errors (docs/api.md lists them)");
            audience.classes.insert(name);
        }
    if (wrong) return *wrong;
    return audience;
}

}  // namespace

Result<Audience> parse_audience(const Json& json) {
    if (json.is_object() && json.contains("campaign")) return parse_campaign(json);
    if (!json.is_object() || json.size() != 1)
        return invalid("audience",
                       "exactly one of \"all\", \"tags\", \"contacts\" or \"campaign\" is needed");
    const auto& [word, value] = json.members().front();
    if (word == "all") {
        if (!value.is_bool() || !value.boolean()) return invalid("audience.all", "must be true");
        return Audience{};
    }
    if (word != "tags" && word != "contacts")
        return invalid("audience." + word,
                       "is not known; use \"all\", \"tags\", \"contacts\" or \"campaign\"");
    if (!value.is_array() || value.empty())
        return invalid("audience." + word, "must be a list of texts, not empty");
    return word == "tags" ? parse_tags(value) : parse_contacts(value);
}

AudiencePage audience_page(store::Session& session, store::Scope scope, const Audience& audience, Id cursor,
                           int limit) {
    if (audience.campaign != 0) return retry_page(session, scope, audience, cursor, limit);
    AudiencePage page;
    page.contacts = audience.contacts.empty()
                        ? store::contacts::walk(session, scope, audience.filter, cursor, limit)
                        : named_page(session, scope, audience.contacts, cursor, limit);
    page.after.assign(page.contacts.size(), 0);
    page.end = page.contacts.empty();
    page.cursor = page.end ? cursor : page.contacts.back().id;
    return page;
}

std::int64_t audience_size(store::Session& session, store::Scope scope, const Audience& audience) {
    if (audience.campaign != 0) return retry_size(session, scope, audience);
    if (!audience.contacts.empty()) return static_cast<std::int64_t>(audience.contacts.size());
    return store::contacts::count(session, scope, audience.filter);
}

}  // namespace dakiya::send
