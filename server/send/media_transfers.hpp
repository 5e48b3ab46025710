// Moves files between us and providers: uploads those that somebody wants to send (store/media_handles),
// fetches those that came in (store/media_fetches). A few at a time; whoever moves one has its row for 20 s
// and renews that, so two servers never move the same one, and what a server leaves behind another one
// takes up (docs/design.md 6.12).
#pragma once

#include <functional>
#include <memory>
#include <set>
#include <span>
#include <string>

#include "base/rounds.hpp"
#include "send/connections.hpp"
#include "send/exchange.hpp"
#include "store/media_fetches.hpp"
#include "store/media_handles.hpp"
#include "store/writer.hpp"

namespace dakiya::send {

class MediaTransfers {
public:
    // All must outlive this.
    struct Parts {
        store::Database& db;
        store::Writer& writer;
        Exchange& exchange;
        Connections& connections;
        net::HttpClient& client;
        Pool& workers;  // where files are hashed
        security::Vault& vault;
        const Clock& clock;
        store::BlobFolder blobs;
        std::string public_url;         // "" when not known
        std::int64_t most_bytes = 0;    // of a file that comes in
        std::int64_t tenant_bytes = 0;  // of all files of a tenant; 0: no limit
    };

    explicit MediaTransfers(Parts parts);
    ~MediaTransfers();  // as stop()
    MediaTransfers(const MediaTransfers&) = delete;
    MediaTransfers& operator=(const MediaTransfers&) = delete;

    void start() { rounds_.start(); }
    void stop() { rounds_.stop(); }

    // Returns when these files are usable through their connections. Code::provider_refused: the upload
    // failed, with the reason; Code::unavailable: not within `patience`, though it goes on. [any thread but a
    // worker's]
    Result<void> upload_now(store::Scope scope, std::span<const store::MediaKey> keys,
                            Millis patience = Millis(20'000));

    static constexpr std::size_t at_once = 4;       // on their way from here
    static constexpr Millis lease{20'000};          // of a row
    static constexpr int most_upload_tries = 4;     // that the provider refused
    static constexpr int most_unreached_tries = 8;  // that did not get there
    static constexpr int most_fetch_tries = 8;

    class UnderWay;  // what is on its way from here; outlives the engine when that stops first

private:
    void round();
    void renew();
    void take_uploads();
    void begin_upload(const store::MediaHandle& row);
    void take_fetches();
    void begin_fetch(const store::MediaFetch& row);
    void begin(std::set<Id> UnderWay::*kind, Id id, const std::function<void()>& work);

    const std::shared_ptr<const Parts> parts_;
    const std::shared_ptr<UnderWay> under_way_;
    Bell bell_;
    Steady renewed_at_{};
    Rounds rounds_;
};

}  // namespace dakiya::send
