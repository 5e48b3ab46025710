#include "copies.hpp"

#include <fmt/format.h>

#include "world.hpp"

namespace dakiya::simulate {

void Copies::look() {
    for (const auto& row :
         world_.observer().query("SELECT told_sent FROM pending_events WHERE told_sent <> 0"))
        if (const auto [entry, fresh] = told_.try_emplace(row.integer(0)); fresh)
            entry->second = world_.may_leave();
}

std::string Copies::objection(Id message) const {
    const auto told = told_.find(message);
    if (told == told_.end() || told->second.contains(message)) return {};
    return "it was known to be sent before it was marked again";
}

}  // namespace dakiya::simulate
