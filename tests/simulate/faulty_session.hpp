// A real session with trouble on the way: before each statement somebody says what happens to it.
#pragma once

#include <functional>
#include <memory>

#include "store/db.hpp"

namespace dakiya::simulate {

enum class Point : std::uint8_t { read, begin, write, commit };  // write: within a transaction
enum class Trouble : std::uint8_t {
    none,
    busy,        // another transaction is in the way; this one may be run again
    lost,        // the connection is gone, and with it what was not committed
    lost_after,  // at a commit: it is durable, and nobody hears of it
    refused      // for good
};
using Troubles = std::function<Trouble(Point)>;
// What the database itself refuses, before the engine hears of it: no trouble of ours did that.
using Refusals = std::function<void(const store::DbError&)>;

std::unique_ptr<store::Session> faulty(std::unique_ptr<store::Session> real, Troubles troubles,
                                       Refusals refusals);

}  // namespace dakiya::simulate
