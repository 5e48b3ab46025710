// Another clock's time as this process's: what the database calls 12:00:00.250 is which moment here? A value:
// the owner guards it.
#pragma once

#include <array>
#include <cstddef>

#include "base/clock.hpp"
#include "domain/pace.hpp"

namespace dakiya::domain {

// The database's time is as old as its answer took, so the quickest of the last sixteen answers knows best.
// All are forgotten when one differs by more than a second (a clock was set) or comes after ten seconds
// without any (clocks drift).
class TimeMap {
public:
    // `theirs` was read, and was here at `ours`.
    void note(Micros theirs, Steady ours);
    // At least one note is needed.
    Steady operator()(Micros theirs) const;

private:
    std::array<std::chrono::microseconds, 16> offsets_{};  // ours - theirs, a ring
    Steady newest_{};
    std::size_t count_ = 0;
    std::size_t oldest_ = 0;
};

}  // namespace dakiya::domain
