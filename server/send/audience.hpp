// Who a campaign goes to: {"all":true}, {"tags":["vip"]}, {"contacts":["cnt_…"]}, or those whom an earlier
// campaign did not reach: {"campaign":"cmp_…","states":["failed"],"classes":["provider","throttled"]}.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "dakiya/json.hpp"
#include "domain/message.hpp"
#include "store/contacts.hpp"

namespace dakiya::send {

struct Audience {
    store::ContactFilter filter;
    std::vector<Id> contacts;        // instead of the filter; sorted
    Id campaign = 0;                 // instead of both: people of this campaign whose message is
    std::set<domain::State> states;  // in one of these states now,
    std::set<std::string> classes;   // failed ones with one of these classes; empty: with any
};
// An audience is one of the above. Says nothing about whether the contacts or the campaign exist.
Result<Audience> parse_audience(const Json& json);

struct AudiencePage {
    std::vector<store::Contact> contacts;  // at most as many as asked for
    std::vector<Id> after;                 // for each contact the message that the new one follows; 0: none
    Id cursor = 0;                         // where the next page begins
    bool end = false;                      // nobody is left
};

// The next people after `cursor`, which is 0 at first. It may hold few or nobody without being the end: what
// is read for one page is bounded.
AudiencePage audience_page(store::Session& session, store::Scope scope, const Audience& audience, Id cursor,
                           int limit);
// How many there are, before any is skipped. For an earlier campaign: at most so many.
std::int64_t audience_size(store::Session& session, store::Scope scope, const Audience& audience);

}  // namespace dakiya::send
