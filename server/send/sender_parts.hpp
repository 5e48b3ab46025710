// What those who send need: the dispatcher and the queue runners are made of the same things.
#pragma once

#include "base/bell.hpp"
#include "base/clock.hpp"
#include "base/pool.hpp"
#include "send/connections.hpp"
#include "send/exchange.hpp"
#include "send/fresh_chunks.hpp"
#include "send/limits.hpp"
#include "send/pacer.hpp"
#include "send/stop_counts.hpp"
#include "store/writer.hpp"

namespace dakiya::send {

struct SenderParts {
    store::Database& db;
    store::Writer& writer;
    Exchange& exchange;
    Connections& connections;
    Pacer& pacer;
    Pool& workers;
    const Limits& limits;
    const Clock& clock;
    Bell& campaigns;  // of the campaigns engine: a chunk is done, a campaign must be paused
    Bell& processor;  // of receive's processor: results may bring events
    StopCounts& stops;
    FreshChunks& fresh;  // what the campaigns engine has just written
};

}  // namespace dakiya::send
