// A database with a tenant, a connection and contacts, and the engines of one node over it.
#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "base/bell.hpp"
#include "databases.hpp"
#include "net/redact.hpp"
#include "provider.hpp"
#include "security/vault.hpp"
#include "send/campaigns.hpp"
#include "send/dispatcher.hpp"
#include "send/engine_service.hpp"
#include "send/fallback.hpp"
#include "send/media_transfers.hpp"
#include "send/queue_runner.hpp"
#include "send/shared_grants.hpp"
#include "store/campaigns.hpp"
#include "store/messages.hpp"

namespace dakiya {

// What several nodes share. Members end in reverse: whoever asks the provider goes first.
class World {
public:
    static constexpr store::Scope scope{50};
    static constexpr Id connection = 60;

    explicit World(store::Dialect dialect, const std::string& plugin = "scripted",
                   FakeProvider::Answer answer = all_sent);
    ~World();

    void add_contacts(int count);  // "+919810000000" and on
    Id add_campaign(const std::string& audience = R"({"all":true})", int per_second = 0,
                    const std::string& content = R"({"kind":"text","text":"Hello {{name}}"})");
    void suppress(const std::string& address);
    // A file of the tenant.
    Id add_media(const std::string& bytes, const std::string& mime);
    // A single message, due at once.
    Id add_single(const std::string& address, std::int64_t deadline_in_ms = 3'600'000);

    store::Campaign campaign(Id id);
    std::map<domain::State, std::int64_t> stats(Id campaign);
    // The same, counted recipient by recipient.
    std::map<domain::State, std::int64_t> counted(Id campaign);
    std::vector<store::MessageView> recipients(Id campaign);
    store::MessageView message(Id id);
    std::int64_t number(const std::string& sql);  // the first column of the first row
    void execute(const std::string& sql);

    // As receive's processor does: what engines have handed on.
    void apply_events();

    // Lets time pass (ten times as fast as it does) until the condition holds; fails after half a minute.
    void until(const std::function<bool()>& condition);

    const std::filesystem::path folder;
    const store::BlobFolder blobs{folder};
    store::TestDatabase database;
    ManualClock& clock = database.clock();
    store::Writer& writer = database.writer();
    FakeProvider provider;
    std::string data_key;  // the tenant's, wrapped
    security::Vault vault;
    net::Redactor redactor;
    send::Connections connections;
};

// One process's engines. Ends like one: gracefully with stop(), or by crash() with nothing said.
class Node {
public:
    struct Options {
        Millis lease{600'000};
        std::map<std::string, double, std::less<>> limits;
        int chunks = 4;
        int window = 64;
        int micro_batch = 16;
        std::size_t connections = 64;
        int queue_window = 512;
    };
    Node(World& shared, const std::string& name, Options options);
    explicit Node(World& shared, const std::string& name = "one") : Node(shared, name, Options{}) {}
    ~Node();

    void start();  // everything
    void stop(Millis patience = Millis(60'000));
    void crash();  // answers that come later find nobody

    World& world;
    Bell campaigns_bell, processor_bell;
    Pool workers{"turns", 2};
    store::Writer grants_writer;  // on MariaDB; SQLite lets one writer in
    send::SharedGrants grants;
    net::Limiter limiter;
    net::Breaker breaker;
    send::Limits limits;
    send::Credentials credentials;
    send::Exchange exchange;
    send::Pacer pacer;
    send::StopCounts stops;
    send::FreshChunks fresh;
    std::unique_ptr<send::Dispatcher> dispatcher;
    std::unique_ptr<send::QueueRunner> otp, singles, retries;
    std::unique_ptr<send::Campaigns> campaigns;
    std::unique_ptr<send::Fallback> fallback;
    send::TemplateSync template_sync;
    send::MediaTransfers media;
    store::Ids ids;
    send::EngineService service;

private:
    std::unique_ptr<send::QueueRunner> lane(store::Lane which, const std::string& name,
                                            const Options& options);
};

}  // namespace dakiya
