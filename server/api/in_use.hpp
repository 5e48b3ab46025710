// What a campaign still needs is not deleted.
#pragma once

#include <functional>
#include <string_view>

#include "base/result.hpp"
#include "store/campaigns.hpp"

namespace dakiya::api {

// uses: whether the campaign, or a later step of its route, needs it. what: "file", "template".
// Error: conflict, which names the first campaign under way that does.
Result<void> not_in_use(store::Session& session, store::Scope scope, std::string_view what,
                        const std::function<bool(const store::Campaign&)>& uses);

}  // namespace dakiya::api
