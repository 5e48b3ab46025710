// What a tenant's quotas, and a provider's limit on people, leave of what is about to be marked. Part of the
// transaction that marks, so a quota is never exceeded and never used up by what was not marked.
#pragma once

#include <cstdint>
#include <set>
#include <span>
#include <string>
#include <tuple>

#include "store/db.hpp"
#include "store/messages.hpp"
#include "store/scope.hpp"

namespace dakiya::send {

// Whose quotas count the messages.
struct QuotaOf {
    store::Scope scope;
    std::string channel;
    Id connection = 0;
    std::string portfolio;  // among whose people they count (send/portfolio); empty: nobody's
};

struct Allowance {
    int messages = 0;           // may go
    std::int64_t opens_at = 0;  // Unix ms, when not all may: from then on
    std::string text;           // and why, for a person
};

// Tenant, channel and connection for which a transaction has found no quota. A transaction that reserves for
// many chunks of a campaign hands it on, and so asks the database once.
using WithoutQuota = std::set<std::tuple<Id, std::string, Id>>;

// Reserves as many of the messages as may go, from the first on. They count from now on, however often each
// of them is tried.
Allowance reserve(store::Session& session, const QuotaOf& of, std::span<const store::Message> messages,
                  std::int64_t now_ms, WithoutQuota& known);
Allowance reserve(store::Session& session, const QuotaOf& of, std::span<const store::Message> messages,
                  std::int64_t now_ms);
// Of these, so many ended without having been sent.
void give_back(store::Session& session, const QuotaOf& of, int messages, std::int64_t now_ms);

// "2026-12-01T10:00 Asia/Kolkata": the instant in the tenant's zone, for people.
std::string local_time(store::Session& session, store::Scope scope, std::int64_t at_ms);

}  // namespace dakiya::send
