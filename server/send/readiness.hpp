// Whether something can be sent at all, found out before anybody tries: a person learns it from the request,
// not from as many failures as there are recipients. Reads the store.
#pragma once

#include <optional>
#include <string>

#include "domain/content.hpp"
#include "send/connections.hpp"
#include "store/campaigns.hpp"
#include "store/templates.hpp"

namespace dakiya::send {

// Code::unsupported: the provider does not have the channel or the kind; it says what it has.
Result<void> supported(const plugin::Manifest& manifest, const std::string& channel, const std::string& kind);

// The template of the content, approved and with a value for each variable; nothing for other kinds.
// Code::not_found, conflict (not approved), or what check_variables says.
Result<std::optional<store::Template>> usable_template(store::Session& session, store::Scope scope,
                                                       Id connection, const domain::Content& content);

// The later steps of a route, each as if it were the first. fallback: as campaigns store them, or "".
Result<void> steps_ready(store::Database& db, Connections& connections, store::Scope scope,
                         const std::string& fallback);

// Code::conflict also when nobody is in the audience.
Result<void> ready_to_start(store::Database& db, Connections& connections, store::Scope scope,
                            const store::Campaign& campaign);

}  // namespace dakiya::send
