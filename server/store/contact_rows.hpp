// Contacts as rows: what store/contacts and the bulk upsert share. Private to this room.
#pragma once

#include "store/contacts.hpp"

namespace dakiya::store::contacts::rows {

inline constexpr std::string_view columns =
    "id, tenant_id, phone, email, name, attributes, created_at, updated_at";

Contact from_row(const Row& row);  // without tags

// With an id that is there already: DbError::duplicate, or overwritten when `tail` says so.
void insert(Session& session, std::span<const Contact> contacts, std::string_view tail = "");

// Triples of tenant, tag, contact; those that are there stay.
void insert_tags(Session& session, std::span<const Value> triples);

}  // namespace dakiya::store::contacts::rows
