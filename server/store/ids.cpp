#include "store/ids.hpp"

#include <stdexcept>

namespace dakiya::store {

namespace {
constexpr std::int64_t block_size = 1'000;
}

Id reserve_ids(Session& session, std::int64_t count) {
    if (count < 1) throw std::invalid_argument("reserve_ids: count must be positive");
    // The update comes first: it holds the row until the transaction ends, so nobody reads between.
    if (session.execute("UPDATE sequences SET next_id = next_id + ? WHERE name = 'id'", {count}) != 1)
        throw DbError(DbError::Kind::other, "the table sequences has no row 'id': run migrate");
    return session.query("SELECT next_id FROM sequences WHERE name = 'id'").at(0).integer(0) - count;
}

Id Ids::next() {
    const std::lock_guard lock(mutex_);
    if (next_ == end_) {
        next_ = block(block_size);
        end_ = next_ + block_size;
    }
    return next_++;
}

Id Ids::block(std::int64_t count) {
    Id first = 0;
    writer_.run([&first, count](Session& session) { first = reserve_ids(session, count); });
    return first;
}

}  // namespace dakiya::store
