// People that a business writes to first: how many of a micro-batch its provider's limit for 24 hours leaves
// room for (domain/people_limit). Part of the transaction that marks.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "send/allowance.hpp"
#include "send/connections.hpp"
#include "store/messages.hpp"
#include "store/portfolios.hpp"

namespace dakiya::plugin {
struct Record;
}

namespace dakiya::send {

// The name of the business among whose people messages of this kind count; empty when the provider has no
// such limit, or when they are no first messages (manifest: "people").
std::string portfolio_of(const OpenConnection& connection, std::string_view channel, std::string_view kind);

// The records of a check may say what the limit is; else the settings may (manifest: "people.limit"). Inside
// a writer's unit.
void note_people_limit(store::Session& session, const OpenConnection& connection,
                       const std::vector<plugin::Record>& records, std::int64_t now_ms);

// Reads what counts when it is made; the portfolio stays locked until the transaction ends.
class PeopleCount {
public:
    PeopleCount(store::Session& session, const QuotaOf& of, std::span<const store::Message> messages,
                std::int64_t now_ms);

    // How many of the messages may go, from the first on, and when the next ones may.
    Allowance allowance(store::Session& session) const;
    // The first `n` of them are going to be sent.
    void enter(store::Session& session, std::size_t n) const;

private:
    bool counts() const { return portfolio_.id != 0; }
    std::int64_t room() const;

    const QuotaOf& of_;
    const std::span<const store::Message> messages_;
    const std::int64_t now_ms_;
    store::portfolios::Portfolio portfolio_;
    store::portfolios::Slots before_;  // who is counted already
    store::portfolios::InUse in_use_;
    std::set<std::string> may_answer_;  // wrote to us within a day: no first message
};

}  // namespace dakiya::send
