#include "store/contacts.hpp"

#include <algorithm>

#include "store/contact_rows.hpp"
#include "store/own_ranges.hpp"
#include "store/sql.hpp"

namespace dakiya::store::contacts {

namespace {

constexpr std::size_t ids_per_query = 1'000;

std::string select() { return "SELECT " + std::string(rows::columns) + " FROM contacts "; }

void load_tags(Session& session, Scope scope, std::span<Contact> page) {
    if (page.empty()) return;
    std::vector<Id> ids;
    for (const Contact& contact : page) ids.push_back(contact.id);
    std::vector<Value> values{scope.tenant};
    append_ids(values, ids);
    const Rows tagged =
        session.query("SELECT contact_id, tag FROM contact_tags WHERE " + std::string(own_rows) +
                          " AND contact_id IN " + placeholders(ids.size()) + " ORDER BY contact_id, tag",
                      values);
    for (Contact& contact : page) {
        auto row = std::lower_bound(tagged.begin(), tagged.end(), contact.id,
                                    [](const Row& r, Id id) { return r.integer(0) < id; });
        for (; row != tagged.end() && row->integer(0) == contact.id; ++row)
            contact.tags.push_back(row->text(1));
    }
}

std::vector<Contact> with_tags(Session& session, Scope scope, const Rows& found) {
    std::vector<Contact> page = map_rows(found, rows::from_row);
    load_tags(session, scope, page);
    return page;
}

std::optional<Contact> one(Session& session, Scope scope, const char* where, Value value) {
    std::vector<Contact> page = with_tags(
        session, scope,
        session.query(select() + "WHERE tenant_id = ? AND " + where, {scope.tenant, std::move(value)}));
    if (page.empty()) return std::nullopt;
    return std::move(page.front());
}

// One page of the ids that have any of the tags. Each tag is its own walk along the primary key of
// contact_tags; together in one statement the database would sort all of their contacts for every page.
std::vector<Id> tagged_ids(Session& session, Scope scope, std::span<const std::string> tags, Order order,
                           Id bound, int limit) {
    const bool newest = order == Order::newest_first;
    const std::string sql =
        "SELECT contact_id FROM contact_tags WHERE tenant_id = ? AND tag = ? AND contact_id " +
        std::string(newest ? "< ? ORDER BY contact_id DESC" : "> ? ORDER BY contact_id") + " LIMIT ?";
    std::vector<Id> ids;
    for (const std::string& tag : tags)
        for (const Row& row : session.query(sql, {scope.tenant, tag, bound, limit}))
            ids.push_back(row.integer(0));
    if (newest)
        std::sort(ids.begin(), ids.end(), std::greater<>());
    else
        std::sort(ids.begin(), ids.end());
    ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
    ids.resize(std::min(ids.size(), static_cast<std::size_t>(limit)));
    return ids;
}

// One page of those that have the tag, along the primary key of contact_tags.
std::vector<Contact> tagged_page(Session& session, Scope scope, const std::string& tag, Order order, Id bound,
                                 int limit) {
    const std::string sql =
        "SELECT c.id, c.tenant_id, c.phone, c.email, c.name, c.attributes, c.created_at, c.updated_at FROM "
        "contact_tags t " +
        std::string(join_next(session.dialect())) +
        " contacts c ON c.id = t.contact_id WHERE c.tenant_id + 0 = ? AND t.tenant_id = ? AND t.tag = ? AND "
        "t.contact_id " +
        (order == Order::newest_first ? "< ? ORDER BY t.contact_id DESC" : "> ? ORDER BY t.contact_id") +
        " LIMIT ?";
    return map_rows(session.query(sql, {scope.tenant, scope.tenant, tag, bound, limit}), rows::from_row);
}

// One page of all of them.
std::vector<Contact> page_of_all(Session& session, Scope scope, Order order, Id bound, std::int64_t limit) {
    const std::string sql = select() + "WHERE " + own_page(session.dialect()) +
                            " AND id BETWEEN ? AND ? ORDER BY id " +
                            (order == Order::newest_first ? "DESC" : "ASC") + " LIMIT ?";
    std::vector<Contact> page;
    walk_own_ranges(session, "contacts", scope, order, bound,
                    [&](Id first, Id last) -> std::optional<std::int64_t> {
                        const Rows found = session.query(sql, {scope.tenant, first, last, limit});
                        for (const Row& row : found) page.push_back(rows::from_row(row));
                        const auto n = static_cast<std::int64_t>(found.size());
                        limit -= n;
                        return limit > 0 ? std::optional(n) : std::nullopt;
                    });
    return page;
}

std::vector<Contact> page(Session& session, Scope scope, const ContactFilter& filter, Order order, Id bound,
                          int limit) {
    const bool newest = order == Order::newest_first;
    if (filter.tags.empty()) return page_of_all(session, scope, order, bound, limit);
    if (filter.tags.size() == 1) return tagged_page(session, scope, filter.tags.front(), order, bound, limit);
    for (;;) {
        const std::vector<Id> ids = tagged_ids(session, scope, filter.tags, order, bound, limit);
        if (ids.empty()) return {};
        std::vector<Contact> found = find_many(session, scope, ids);
        if (newest) std::reverse(found.begin(), found.end());
        if (!found.empty()) return found;
        bound = ids.back();  // all of them were removed between the two queries: an empty page is the end
    }
}

}  // namespace

std::string_view clash(Session& session, Scope scope, const Contact& contact) {
    const auto another = [&](const char* where, const std::string& value) {
        if (value.empty()) return false;
        const Rows rows = session.query(
            std::string("SELECT id FROM contacts WHERE tenant_id = ? AND ") + where, {scope.tenant, value});
        return !rows.empty() && rows.front().integer(0) != contact.id;
    };
    if (another("phone = ?", contact.phone)) return "phone";
    if (another("email = ?", contact.email)) return "email";
    return "";
}

void create(Session& session, const Contact& contact) {
    rows::insert(session, {&contact, 1});
    const Id id = contact.id;
    add_tags(session, {contact.tenant}, {&id, 1}, contact.tags);
}

bool update(Session& session, const Contact& c, std::int64_t now_ms) {
    if (!find(session, {c.tenant}, c.id)) return false;
    session.execute(
        "UPDATE contacts SET phone = ?, email = ?, name = ?, attributes = ?, updated_at = ? "
        "WHERE id = ? AND tenant_id = ?",
        {text_or_null(c.phone), text_or_null(c.email), c.name, c.attributes, now_ms, c.id, c.tenant});
    set_tags(session, {c.tenant}, c.id, c.tags);
    return true;
}

bool remove(Session& session, Scope scope, Id id) {
    session.execute("DELETE FROM contact_tags WHERE " + std::string(own_rows) + " AND contact_id = ?",
                    {scope.tenant, id});
    return session.execute("DELETE FROM contacts WHERE id = ? AND tenant_id = ?", {id, scope.tenant}) == 1;
}

std::optional<Contact> find(Session& session, Scope scope, Id id) {
    return one(session, scope, "id = ?", id);
}

std::optional<Contact> find_by_phone(Session& session, Scope scope, std::string_view phone) {
    return one(session, scope, "phone = ?", std::string(phone));
}

std::optional<Contact> find_by_email(Session& session, Scope scope, std::string_view email) {
    return one(session, scope, "email = ?", std::string(email));
}

std::vector<Contact> find_many(Session& session, Scope scope, std::span<const Id> ids) {
    std::vector<Contact> all;
    while (!ids.empty()) {
        const auto some = ids.first(std::min(ids.size(), ids_per_query));
        ids = ids.subspan(some.size());
        std::vector<Value> values{scope.tenant};
        append_ids(values, some);
        std::vector<Contact> found = map_rows(
            session.query(select() + "WHERE " + own_rows + " AND id IN " + placeholders(some.size()), values),
            rows::from_row);
        std::move(found.begin(), found.end(), std::back_inserter(all));
    }
    std::sort(all.begin(), all.end(), [](const Contact& a, const Contact& b) { return a.id < b.id; });
    return all;
}

std::vector<Contact> list(Session& session, Scope scope, const ContactFilter& filter, Id before, int limit) {
    std::vector<Contact> found = page(session, scope, filter, Order::newest_first, below(before), limit);
    load_tags(session, scope, found);
    return found;
}

std::vector<Contact> walk(Session& session, Scope scope, const ContactFilter& filter, Id after, int limit) {
    return page(session, scope, filter, Order::oldest_first, after, limit);
}

std::int64_t count(Session& session, Scope scope, const ContactFilter& filter) {
    if (filter.tags.empty())
        return session.query("SELECT COUNT(*) FROM contacts WHERE tenant_id = ?", {scope.tenant})
            .at(0)
            .integer(0);
    std::vector<Value> values{scope.tenant};
    append_texts(values, filter.tags);
    return session
        .query("SELECT COUNT(DISTINCT contact_id) FROM contact_tags WHERE tenant_id = ? AND tag IN " +
                   placeholders(filter.tags.size()),
               values)
        .at(0)
        .integer(0);
}

void add_tags(Session& session, Scope scope, std::span<const Id> ids, std::span<const std::string> tags) {
    std::vector<Value> values;
    values.reserve(ids.size() * tags.size() * 3);
    for (const Id id : ids)
        for (const std::string& tag : tags) values.insert(values.end(), {scope.tenant, tag, id});
    rows::insert_tags(session, values);
}

void set_tags(Session& session, Scope scope, Id id, std::span<const std::string> tags) {
    session.execute("DELETE FROM contact_tags WHERE " + std::string(own_rows) + " AND contact_id = ?",
                    {scope.tenant, id});
    add_tags(session, scope, {&id, 1}, tags);
}

}  // namespace dakiya::store::contacts
