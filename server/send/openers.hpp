// Connections as `receive` takes them: the plugin's side of one, for its webhooks. The rooms do not know each
// other, so who wires them hands these over (receive/open.hpp).
#pragma once

#include <functional>
#include <memory>

#include "send/connections.hpp"

namespace dakiya::send {

using OpenedPlugin = Result<std::shared_ptr<const plugin::Connection>>;

// Of a row that was read already, and by id whatever its state. `connections` must outlive them.
std::function<OpenedPlugin(const store::Connection&)> row_opener(Connections& connections);
std::function<OpenedPlugin(store::Scope, Id)> opener(Connections& connections);

}  // namespace dakiya::send
