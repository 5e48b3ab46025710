// Hands out ids (base/id.hpp) from the table `sequences`, a block at a time. [any thread]
#pragma once

#include <mutex>

#include "base/id.hpp"
#include "store/writer.hpp"

namespace dakiya::store {

class Ids {
public:
    explicit Ids(Writer& writer) : writer_(writer) {}
    Id next();                     // one, from a block held in memory
    Id block(std::int64_t count);  // the first of `count` consecutive ids

private:
    Writer& writer_;
    std::mutex mutex_;
    Id next_ = 0, end_ = 0;
};

// Inside somebody's transaction: the first of `count` consecutive ids.
Id reserve_ids(Session& session, std::int64_t count);

}  // namespace dakiya::store
