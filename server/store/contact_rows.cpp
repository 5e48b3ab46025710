#include "store/contact_rows.hpp"

#include "store/sql.hpp"

namespace dakiya::store::contacts::rows {

Contact from_row(const Row& row) {
    Contact contact;
    contact.id = row.integer(0);
    contact.tenant = row.integer(1);
    contact.phone = row.text(2);
    contact.email = row.text(3);
    contact.name = row.text(4);
    contact.attributes = row.text(5);
    contact.created_at = row.integer(6);
    contact.updated_at = row.integer(7);
    return contact;
}

void insert(Session& session, std::span<const Contact> contacts, std::string_view tail) {
    std::vector<Value> values;
    values.reserve(contacts.size() * 8);
    for (const Contact& c : contacts)
        values.insert(values.end(), {c.id, c.tenant, text_or_null(c.phone), text_or_null(c.email), c.name,
                                     c.attributes, c.created_at, c.updated_at});
    session.insert_rows("INSERT INTO contacts (" + std::string(columns) + ") VALUES", 8, values, tail);
}

void insert_tags(Session& session, std::span<const Value> triples) {
    session.insert_rows("INSERT INTO contact_tags (tenant_id, tag, contact_id) VALUES", 3, triples,
                        unless_there(session.dialect(), "tag"));
}

}  // namespace dakiya::store::contacts::rows
