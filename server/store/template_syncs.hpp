// Where the template sync of each connection is, so that a restart goes on from the last page.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "store/db.hpp"
#include "store/scope.hpp"

namespace dakiya::store {

struct TemplateSync {
    Id connection = 0;
    Id tenant = 0;
    std::int64_t run = 0;           // counts the syncs of the connection
    std::string step, memo;         // what the plugin wants to see at its next turn
    std::string state = "running";  // running, done, failed
    std::string error;
    std::int64_t started_at = 0, finished_at = 0;
};

namespace template_syncs {

std::optional<TemplateSync> find(Session& session, Scope scope, Id connection);
// Writes the row, new or not. One node at a time: hold the role (send/template_sync).
void save(Session& session, const TemplateSync& sync);
// Of all tenants: those that a node left running, oldest first.
std::vector<TemplateSync> running(Session& session, int limit);

struct Due {
    Id connection = 0;
    Id tenant = 0;
};
// Of all tenants: connections whose last sync started before that time or never did, and that are in state
// "enabled". Lowest ids first.
std::vector<Due> due(Session& session, std::int64_t started_before_ms, int limit);

}  // namespace template_syncs

}  // namespace dakiya::store
