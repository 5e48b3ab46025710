// What it takes to ask providers again about messages that they have got (settle, status_poll): one server
// does it, and what it hears is left to receive's processor.
#pragma once

#include "send/connections.hpp"
#include "send/duty.hpp"
#include "send/exchange.hpp"
#include "send/heard.hpp"
#include "store/writer.hpp"

namespace dakiya::send {

// All must outlive who asks.
struct Inquiry {
    store::Database& db;
    store::Writer& writer;
    Exchange& exchange;
    Connections& connections;
    const Clock& clock;
    Bell& processor;
    Holder holder;

    Heard heard() const { return {writer, clock, processor}; }
};

}  // namespace dakiya::send
