// People, known by a phone, an e-mail address or both; each is one contact's only, per tenant.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "store/db.hpp"
#include "store/scope.hpp"

namespace dakiya::store {

struct Contact {
    Id id = 0;
    Id tenant = 0;
    std::string phone;              // E.164; empty: none
    std::string email;              // lower case; empty: none
    std::string name;               // at most 190 bytes
    std::string attributes = "{}";  // a JSON object of text values
    std::vector<std::string> tags;  // sorted; each at most 64 bytes
    std::int64_t created_at = 0, updated_at = 0;
};

struct ContactFilter {
    std::vector<std::string> tags;  // with any of these; empty: everybody
};

struct Upserted {
    std::int64_t created = 0, updated = 0;
    // Rows (by index) that were written without their e-mail address, because another contact has it.
    std::vector<std::size_t> email_taken;
};

namespace contacts {

// "phone" or "email" when another contact has the same one, else "". To be asked in the unit that writes:
// create() and update() throw DbError::duplicate.
std::string_view clash(Session& session, Scope scope, const Contact& contact);
void create(Session& session, const Contact& contact);
// Writes phone, email, name, attributes and tags. False when there is no such contact.
bool update(Session& session, const Contact& contact, std::int64_t now_ms);
bool remove(Session& session, Scope scope, Id id);

std::optional<Contact> find(Session& session, Scope scope, Id id);
std::optional<Contact> find_by_phone(Session& session, Scope scope, std::string_view phone);
std::optional<Contact> find_by_email(Session& session, Scope scope, std::string_view email);
// Those that exist, by id. Without their tags.
std::vector<Contact> find_many(Session& session, Scope scope, std::span<const Id> ids);
// Newest first, ids below `before` (0: from the newest).
std::vector<Contact> list(Session& session, Scope scope, const ContactFilter& filter, Id before, int limit);
// The walk along an audience: oldest first, ids above `after`; an empty page is the end.
std::vector<Contact> walk(Session& session, Scope scope, const ContactFilter& filter, Id after, int limit);
std::int64_t count(Session& session, Scope scope, const ContactFilter& filter);

void add_tags(Session& session, Scope scope, std::span<const Id> ids, std::span<const std::string> tags);
// Takes the others away.
void set_tags(Session& session, Scope scope, Id id, std::span<const std::string> tags);

// A page of an import, at most 1,000 rows; ids and times of the rows are not read. A row is known by its
// phone, or else by its e-mail address. What a row leaves empty stays as it was, attributes are merged, tags
// are added. No phone may be twice in `rows`. Throws DbError::duplicate when another node wrote the
// same person meanwhile: run it again.
Upserted upsert(Session& session, Scope scope, std::span<const Contact> rows, std::int64_t now_ms);

}  // namespace contacts

}  // namespace dakiya::store
