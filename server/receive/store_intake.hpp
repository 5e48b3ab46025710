// The Intake over the store (receive/intake.hpp).
#pragma once

#include "base/bell.hpp"
#include "base/clock.hpp"
#include "net/redact.hpp"
#include "receive/intake.hpp"
#include "receive/open.hpp"
#include "receive/recent_connections.hpp"
#include "receive/webhook_batches.hpp"
#include "store/ids.hpp"
#include "store/writer.hpp"

namespace dakiya::receive {

class StoreIntake final : public Intake {
public:
    // All must outlive this.
    struct Parts {
        store::Database& db;
        store::Writer& writer;
        store::Ids& ids;
        OpenRow open;
        const Clock& clock;
        Bell& processor;
        Handover& handover;  // to the processor
        const net::Redactor& redactor;
    };

    explicit StoreIntake(Parts parts)
        : parts_(std::move(parts)),
          connections_(parts_.db, parts_.open, parts_.clock),
          batches_(parts_.writer, parts_.handover) {}

    plugin::Reply accept(const std::string& provider, Id connection, const std::string& token,
                         const plugin::Inbound& inbound) override;

private:
    void store(const store::Connection& to, const plugin::Inbound& inbound);

    Parts parts_;
    RecentConnections connections_;
    WebhookBatches batches_;
};

}  // namespace dakiya::receive
