// What comes into the dispatcher's inbox: the ends of what others did for it.
#pragma once

#include <cstdint>
#include <exception>
#include <memory>
#include <optional>
#include <utility>
#include <variant>
#include <vector>

#include "base/mailbox.hpp"
#include "send/commit.hpp"
#include "send/load.hpp"
#include "store/campaigns.hpp"

namespace dakiya::send {

struct Scanned {
    std::vector<store::Campaign> campaigns;  // whose chunks may be leased
    Id last = 0;                             // of the sending ones among them: see store::campaigns::Turn
    std::vector<store::Campaign> held;       // nothing may be marked; what a lost owner left is to be settled
    std::vector<Id> abandoned;               // of those that were asked about: a lost owner left something
};
struct Leased {  // loaded is an Error when the campaign cannot go on
    std::uint64_t no = 0;
    store::Campaign campaign;
    store::Chunk chunk;
    Steady begun;
    std::optional<Result<LoadedChunk>> loaded;  // nothing: no chunk was free
};
struct Sent {
    std::uint64_t runner;
    std::vector<std::pair<store::Message, Verdict>> verdicts;
    std::vector<Json> events;
    std::int64_t begun_at;
};
struct NotLaunched {  // marked, and no call could be made of them
    std::uint64_t runner;
    std::size_t messages;
};
struct Committed {
    Commits commits;
    std::exception_ptr error;
};
struct HandedOn {
    std::uint64_t runner;
    std::shared_ptr<Flush> known;
    std::exception_ptr error;
};

using DispatchInput = std::variant<Scanned, Leased, Sent, NotLaunched, Committed, HandedOn>;
using DispatchInbox = std::shared_ptr<Mailbox<DispatchInput>>;

}  // namespace dakiya::send
