#include "send/openers.hpp"

namespace dakiya::send {

namespace {

OpenedPlugin plugin_of(Result<OpenConnection> opened) {
    if (!opened) return opened.error();
    return std::move(opened->plugin);
}

}  // namespace

std::function<OpenedPlugin(const store::Connection&)> row_opener(Connections& connections) {
    return [&connections](const store::Connection& row) { return plugin_of(connections.open_row(row)); };
}

std::function<OpenedPlugin(store::Scope, Id)> opener(Connections& connections) {
    return [&connections](store::Scope scope, Id id) { return plugin_of(connections.open_any(scope, id)); };
}

}  // namespace dakiya::send
