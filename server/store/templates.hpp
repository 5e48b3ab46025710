// Templates as the provider last told us. docs/design.md 6.7 says how they come.
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

struct Template {
    Id id = 0;
    Id tenant = 0;
    Id connection = 0;
    std::string name, language;
    std::string category, status;  // status: "approved", "pending", "rejected", "paused", …, "gone"
    std::string provider_id;
    std::string components = "[]";  // JSON (domain/template)
    std::string reason;             // why it was refused
    std::int64_t run = 0;           // the last sync that saw it
    std::int64_t updated_at = 0;
};

struct TemplateFilter {
    Id connection = 0;   // 0: any
    std::string status;  // empty: any
};

namespace templates {

// A page of a sync: new ones get an id here (ids of the rows are not read), known ones are overwritten.
// Of two rows with the same name and language the last one counts.
void upsert(Session& session, Scope scope, Id connection, std::span<const Template> rows);
std::optional<Template> find(Session& session, Scope scope, Id id);
std::optional<Template> find(Session& session, Scope scope, Id connection, std::string_view name,
                             std::string_view language);
// Newest first, ids below `before` (0: from the newest).
std::vector<Template> list(Session& session, Scope scope, const TemplateFilter& filter, Id before, int limit);
// False when it is not there.
bool remove(Session& session, Scope scope, Id id);
// After a complete sync: those that it did not see are "gone". Returns how many became so.
std::uint64_t mark_gone(Session& session, Scope scope, Id connection, std::int64_t run, std::int64_t now_ms);
// What a webhook said about one. False when we do not know it.
bool set_status(Session& session, Scope scope, Id connection, std::string_view name,
                std::string_view language, std::string_view status, std::string_view reason,
                std::int64_t now_ms);

}  // namespace templates

}  // namespace dakiya::store
