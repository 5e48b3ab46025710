// How this room gets at an open connection, whatever its state: given by app's wiring, because `receive`
// and `send` do not know each other.
#pragma once

#include <functional>
#include <memory>

#include "base/result.hpp"
#include "plugin/provider.hpp"
#include "store/connections.hpp"
#include "store/scope.hpp"

namespace dakiya::receive {

using OpenRow = std::function<Result<std::shared_ptr<const plugin::Connection>>(const store::Connection&)>;
using OpenConnection = std::function<Result<std::shared_ptr<const plugin::Connection>>(store::Scope, Id)>;

}  // namespace dakiya::receive
