#include "api/change.hpp"

#include "base/text.hpp"
#include "store/audit.hpp"
#include "store/ids.hpp"

namespace dakiya::api {

void audit(store::Session& session, const Call& call, const Services& services, std::string_view action,
           std::string_view subject, const Json& detail) {
    store::AuditEntry entry;
    entry.id = store::reserve_ids(session, 1);
    entry.tenant = call.caller.scope.tenant;
    entry.actor = format_id(prefix::key, call.caller.key);
    entry.action = std::string(action);
    entry.subject = std::string(utf8_prefix(subject, 190));
    entry.detail = detail.dump();
    entry.peer = call.request.peer;
    entry.at = services.clock.now_ms();
    store::audit::append(session, entry);
}

Error no_such(std::string_view kind, std::string_view id) {
    return {Code::not_found, "there is no " + std::string(kind) + ' ' + std::string(id), std::string(kind)};
}

}  // namespace dakiya::api
