// A table that the writer's tests write to, a row a unit.
#pragma once

#include "databases.hpp"
#include "store/writer.hpp"

namespace dakiya::store {

inline void make_table(TestDatabase& db) {
    db.session().execute("CREATE TABLE w (id BIGINT NOT NULL PRIMARY KEY, n BIGINT NOT NULL)");
}

inline std::int64_t count(TestDatabase& db) {
    return db.session().query("SELECT COUNT(*) FROM w").at(0).integer(0);
}

inline Writer::Unit insert(std::int64_t id) {
    return [id](Session& session) { session.execute("INSERT INTO w VALUES (?, 0)", {id}); };
}

}  // namespace dakiya::store
