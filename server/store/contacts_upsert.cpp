// The bulk upsert of imports.
#include <map>
#include <unordered_map>

#include "dakiya/json.hpp"
#include "store/contact_rows.hpp"
#include "store/ids.hpp"
#include "store/sql.hpp"

namespace dakiya::store::contacts {

namespace {

// The contacts that a page may touch, by all that they are known by.
class Known {
public:
    void add(Contact contact) {
        if (!contact.phone.empty()) by_phone_[contact.phone] = contact.id;
        if (!contact.email.empty()) by_email_[contact.email] = contact.id;
        by_id_.insert_or_assign(contact.id, std::move(contact));
    }

    // Whom the row means, or null. An address alone does not name somebody who has another phone.
    Contact* match(const Contact& row) {
        if (const auto found = by_phone_.find(row.phone); found != by_phone_.end())
            return &by_id_.at(found->second);
        const auto found = by_email_.find(row.email);
        if (found == by_email_.end()) return nullptr;
        Contact& contact = by_id_.at(found->second);
        return row.phone.empty() || contact.phone.empty() ? &contact : nullptr;
    }

    bool email_of_another(const std::string& email, Id id) const {
        const auto found = by_email_.find(email);
        return found != by_email_.end() && found->second != id;
    }

private:
    std::unordered_map<std::string, Id> by_phone_, by_email_;  // an address that was given up stays taken
    std::map<Id, Contact> by_id_;
};

void look_up(Session& session, Scope scope, const char* column, const std::vector<std::string>& texts,
             Known& known) {
    if (texts.empty()) return;
    std::vector<Value> values{scope.tenant};
    append_texts(values, texts);
    for (const Row& row :
         session.query("SELECT " + std::string(rows::columns) + " FROM contacts WHERE tenant_id = ? AND " +
                           column + " IN " + placeholders(texts.size()),
                       values))
        known.add(rows::from_row(row));
}

Known look_up(Session& session, Scope scope, std::span<const Contact> page) {
    std::vector<std::string> phones, emails;
    for (const Contact& row : page) {
        if (!row.phone.empty()) phones.push_back(row.phone);
        if (!row.email.empty()) emails.push_back(row.email);
    }
    Known known;
    look_up(session, scope, "phone", phones, known);
    look_up(session, scope, "email", emails, known);
    return known;
}

std::string merged(const std::string& old_attributes, const std::string& more) {
    if (more.empty() || more == "{}" || more == old_attributes) return old_attributes;
    Json all = Json::parse(old_attributes);
    const Json added = Json::parse(more);
    for (const auto& [name, value] : added.members()) all.set(name, value);
    return all.dump();
}

}  // namespace

Upserted upsert(Session& session, Scope scope, std::span<const Contact> page, std::int64_t now_ms) {
    Upserted result;
    if (page.empty()) return result;
    Known known = look_up(session, scope, page);
    const Id first_id = reserve_ids(session, static_cast<std::int64_t>(page.size()));

    std::map<Id, Contact> created, updated;
    std::vector<Value> tags;
    for (std::size_t i = 0; i < page.size(); ++i) {
        const Contact& row = page[i];
        Contact contact;
        const Contact* match = known.match(row);
        if (match != nullptr) {
            contact = *match;
        } else {
            contact.id = first_id + static_cast<Id>(i);
            contact.tenant = scope.tenant;
            contact.created_at = now_ms;
        }
        if (!row.phone.empty()) contact.phone = row.phone;
        if (known.email_of_another(row.email, contact.id))
            result.email_taken.push_back(i);
        else if (!row.email.empty())
            contact.email = row.email;
        if (!row.name.empty()) contact.name = row.name;
        contact.attributes = merged(contact.attributes, row.attributes);
        contact.updated_at = now_ms;

        for (const std::string& tag : row.tags) tags.insert(tags.end(), {scope.tenant, tag, contact.id});
        known.add(contact);
        const bool is_new = contact.id >= first_id;
        (match == nullptr ? result.created : result.updated) += 1;
        (is_new ? created : updated).insert_or_assign(contact.id, std::move(contact));
    }

    const auto values_of = [](std::map<Id, Contact>& by_id) {
        std::vector<Contact> contacts;
        for (auto& [id, contact] : by_id) contacts.push_back(std::move(contact));
        return contacts;
    };
    rows::insert(session, values_of(created));
    rows::insert(session, values_of(updated),
                 overwrite(session.dialect(), "id", {"phone", "email", "name", "attributes", "updated_at"}));
    rows::insert_tags(session, tags);
    return result;
}

}  // namespace dakiya::store::contacts
