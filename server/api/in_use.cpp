#include "api/in_use.hpp"

#include <string>

#include "base/id.hpp"

namespace dakiya::api {

Result<void> not_in_use(store::Session& session, store::Scope scope, std::string_view what,
                        const std::function<bool(const store::Campaign&)>& uses) {
    for (const store::Campaign& campaign : store::campaigns::under_way(session, scope))
        if (uses(campaign))
            return Error{Code::conflict,
                         "the campaign \"" + campaign.name + "\" (" +
                             format_id(prefix::campaign, campaign.route()) + ", " +
                             std::string(domain::to_string(campaign.state)) + ") uses this " +
                             std::string(what) + "; cancel it, or wait for its end",
                         ""};
    return {};
}

}  // namespace dakiya::api
