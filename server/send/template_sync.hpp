// Reads a connection's templates from its provider, page by page: after each turn one transaction writes
// the page and where to go on, so a restart continues there (docs/design.md 6.7).
#pragma once

#include "send/connections.hpp"
#include "send/duty.hpp"
#include "send/exchange.hpp"
#include "store/template_syncs.hpp"
#include "store/templates.hpp"
#include "store/writer.hpp"

namespace dakiya::send {

// The row of a `template` record. run: the sync that saw it.
store::Template template_row(const Json& record, std::int64_t run, std::int64_t now_ms);

class TemplateSync {
public:
    // All must outlive this.
    struct Parts {
        store::Database& db;
        store::Writer& writer;
        Exchange& exchange;
        Connections& connections;
        const Clock& clock;
        Holder holder;
    };

    explicit TemplateSync(Parts parts);

    // Goes on with what a former process left, and repeats every connection's sync every six hours.
    void start() { duty_.start(); }
    void stop() { duty_.stop(); }

    // Starts a sync, or joins the one that runs. Code::unsupported when the provider lists no templates.
    // [any thread]
    Result<void> request(store::Scope scope, Id connection);

private:
    void round();
    // One whole sync, or until stop() or another server has the role; blocks this engine's thread, not the
    // workers.
    void sync(const store::TemplateSync& sync);
    // Throws when another server has the role by now.
    static void write_page(const Parts& parts, const store::Lease& fence, store::TemplateSync& sync,
                           const std::vector<plugin::Record>& records, const std::string& step,
                           const std::string& memo);

    Parts parts_;
    Bell bell_;
    Duty duty_;
};

}  // namespace dakiya::send
