// What a provider said when it was asked (settle, status): events for receive's processor. They are written
// together with what becomes of the rows that asked, and the processor is woken.
#pragma once

#include <functional>
#include <vector>

#include "base/bell.hpp"
#include "base/clock.hpp"
#include "base/id.hpp"
#include "dakiya/json.hpp"
#include "store/writer.hpp"

namespace dakiya::send {

// All must outlive the answers.
struct Heard {
    store::Writer& writer;
    const Clock& clock;
    Bell& processor;

    // rows: in the same transaction; it may run more than once. Returns at once. [any thread]
    void write(Id tenant, Id connection, const std::vector<Json>& events,
               std::function<void(store::Session&)> rows) const;
};

}  // namespace dakiya::send
