// Turns a campaign's audience into messages, a page at a time: one transaction inserts the page's messages,
// cuts its chunks, and moves the campaign's cursor, so a crash repeats a page that was never there
// (docs/design.md 6.4).
#pragma once

#include "base/clock.hpp"
#include "base/result.hpp"
#include "domain/content.hpp"
#include "send/audience.hpp"
#include "send/connections.hpp"
#include "send/fresh_chunks.hpp"
#include "store/campaigns.hpp"
#include "store/contacts.hpp"
#include "store/messages.hpp"
#include "store/writer.hpp"

namespace dakiya::send {

// What admission says of these contacts as recipients of the content; ids are not set yet.
struct Admitted {
    std::vector<store::Message> messages;  // queued and skipped, in the order of the contacts
    store::campaigns::ReasonCounts skipped;
};
struct AdmitInput {
    store::Scope scope;
    const plugin::Manifest& manifest;
    const domain::Content& content;
    std::string channel;
    std::string template_status;  // of a template message
    Id campaign = 0, connection = 0;
    domain::Origin origin = domain::Origin::campaign;
};
Admitted admit_contacts(store::Session& session, const AdmitInput& input,
                        const std::vector<store::Contact>& contacts, std::int64_t now_ms);

class Materialiser {
public:
    Materialiser(store::Database& db, store::Writer& writer, Connections& connections, const Clock& clock,
                 FreshChunks& fresh)
        : db_(db), writer_(writer), connections_(connections), clock_(clock), fresh_(fresh) {}

    // One page of a campaign that is sending and not materialised. True when there is more to do. The Error
    // is why the campaign cannot go on. Blocks on the store.
    Result<bool> page(const store::Campaign& campaign);

    // The first page is small, so that the first message leaves at once.
    static constexpr int first_page = 200;
    static constexpr int later_page = 1000;
    // Of campaigns whose people are sorted by the time of their opening, so that a world-wide one does not
    // get a chunk for every thirty people.
    static constexpr int timed_page = 4000;

private:
    store::Database& db_;
    store::Writer& writer_;
    Connections& connections_;
    const Clock& clock_;
    FreshChunks& fresh_;
};

}  // namespace dakiya::send
