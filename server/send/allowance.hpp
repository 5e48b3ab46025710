// What a tenant's quotas leave of what is about to be marked. Part of the transaction that marks, so a quota
// is never exceeded and never used up by what was not marked.
#pragma once

#include <cstdint>
#include <string>

#include "store/db.hpp"
#include "store/scope.hpp"

namespace dakiya::send {

// Whose quotas count the messages.
struct QuotaOf {
    store::Scope scope;
    std::string channel;
    Id connection = 0;
};

struct Allowance {
    int messages = 0;           // may go
    std::int64_t opens_at = 0;  // Unix ms, when not all may: from then on
    std::string text;           // and why, for a person
};

// Reserves up to `wanted` messages. They count from now on, however often each of them is tried.
Allowance reserve(store::Session& session, const QuotaOf& of, int wanted, std::int64_t now_ms);
// Of these, so many ended without having been sent.
void give_back(store::Session& session, const QuotaOf& of, int messages, std::int64_t now_ms);

}  // namespace dakiya::send
