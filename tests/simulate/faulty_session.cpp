#include "faulty_session.hpp"

namespace dakiya::simulate {

namespace {

using store::DbError;
using store::Value;

class FaultySession final : public store::Session {
    template <class Statement>
    auto heard(const Statement& run) {
        try {
            return run();
        } catch (const DbError& error) {
            refusals_(error);
            throw;
        }
    }

public:
    FaultySession(std::unique_ptr<store::Session> real, Troubles troubles, Refusals refusals)
        : real_(std::move(real)), troubles_(std::move(troubles)), refusals_(std::move(refusals)) {}

    store::Dialect dialect() const override { return store::Dialect::sqlite; }

    std::uint64_t execute(std::string_view sql, std::span<const Value> values) override {
        if (sql == "ROLLBACK") {
            open_ = false;
            return real_ ? heard([&] { return real_->execute(sql, values); }) : 0;
        }
        if (sql == "COMMIT") return commit();
        const bool begins = sql.starts_with("BEGIN");
        before(begins ? Point::begin : open_ ? Point::write : Point::read);
        const auto changed = heard([&] { return real_->execute(sql, values); });
        open_ = open_ || begins;
        return changed;
    }

    store::Rows query(std::string_view sql, std::span<const Value> values) override {
        before(open_ ? Point::write : Point::read);
        return heard([&] { return real_->query(sql, values); });
    }

private:
    void before(Point point) {
        if (real_) meet(troubles_(point));
        if (!real_) throw DbError(DbError::Kind::lost, "the connection was lost");
    }

    void meet(Trouble trouble) {
        switch (trouble) {
            case Trouble::none:
                return;
            case Trouble::busy:
                throw DbError(DbError::Kind::busy, "the database is busy");
            case Trouble::refused:
                throw DbError(DbError::Kind::other, "the database refuses");
            case Trouble::lost:
            case Trouble::lost_after:
                real_.reset();  // what was open is rolled back
                open_ = false;
        }
    }

    std::uint64_t commit() {
        const Trouble trouble = real_ ? troubles_(Point::commit) : Trouble::lost;
        if (trouble != Trouble::lost_after) meet(trouble);
        if (!real_) throw DbError(DbError::Kind::lost, "the connection was lost while committing");
        heard([&] { return real_->execute("COMMIT", std::span<const Value>{}); });
        open_ = false;
        if (trouble != Trouble::lost_after) return 0;
        real_.reset();
        throw DbError(DbError::Kind::lost, "the connection was lost after the commit");
    }

    std::unique_ptr<store::Session> real_;  // null: lost
    const Troubles troubles_;
    const Refusals refusals_;
    bool open_ = false;
};

}  // namespace

std::unique_ptr<store::Session> faulty(std::unique_ptr<store::Session> real, Troubles troubles,
                                       Refusals refusals) {
    return std::make_unique<FaultySession>(std::move(real), std::move(troubles), std::move(refusals));
}

}  // namespace dakiya::simulate
