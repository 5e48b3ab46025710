#include "app/wiring.hpp"

#include <csignal>
#include <filesystem>
#include <thread>

#include <unistd.h>

#include <spdlog/spdlog.h>

#include "api/auth.hpp"
#include "api/idempotency.hpp"
#include "api/resources.hpp"
#include "api/router.hpp"
#include "api/server.hpp"
#include "api/settings_migration.hpp"
#include "app/epoch.hpp"
#include "app/housekeeping.hpp"
#include "app/keys.hpp"
#include "app/version.hpp"
#include "audience/import.hpp"
#include "base/pool.hpp"
#include "net/redact.hpp"
#include "net/smtp_client.hpp"
#include "receive/processor.hpp"
#include "receive/store_intake.hpp"
#include "send/campaigns.hpp"
#include "send/dispatcher.hpp"
#include "send/engine_service.hpp"
#include "send/fallback.hpp"
#include "send/openers.hpp"
#include "send/queue_runner.hpp"
#include "send/settle.hpp"
#include "send/shared_grants.hpp"
#include "send/status_poll.hpp"
#include "store/migrate.hpp"
#include "store/tenants.hpp"

namespace dakiya::app {

namespace {

constexpr Millis drain_limit{10'000};

std::size_t cores() { return std::max(2U, std::thread::hardware_concurrency()); }

std::string node_name() { return "node-" + random_token().substr(0, 12); }

plugin::Registry::Options registry_options(const Config& config) {
    plugin::Registry::Options options;
    options.folders = config.plugin_folders;
    options.probe_command = {std::filesystem::read_symlink("/proc/self/exe").string(), "plugin", "inspect",
                             "--probe"};
    options.probe_cache = (std::filesystem::path(config.data_folder) / "plugins.json").string();
    options.allow_http = true;  // a manifest must ask for it, and the address guard still applies
    return options;
}

api::Server::Options server_options(const Config& config) {
    api::Server::Options options;
    options.host = config.host;
    options.port = config.port;
    options.workers = config.http_workers;
    options.connections_per_address = config.connections_per_address;
    options.proxies = config.proxies;
    options.spool_folder = (std::filesystem::path(config.data_folder) / "spool").string();
    return options;
}

net::SmtpOptions mail_options(const Config& config) {
    net::SmtpOptions options;
    options.ca_file = config.net.ca_file;
    options.guard = config.net.guard;
    return options;
}

send::DispatcherOptions dispatcher_options(const Config& config, const std::string& node) {
    send::DispatcherOptions options;
    options.node = node;
    options.chunks = config.chunks;
    options.connections = config.net.connections;
    options.window = config.window;
    options.micro_batch = config.micro_batch;
    options.lease = Millis(config.lease_ms);
    options.lease_margin = options.lease / 5;
    return options;
}

send::QueueOptions queue_options(const Config& config, const std::string& node, store::Lane lane) {
    send::QueueOptions options;
    options.node = node;
    options.lane = lane;
    options.lease = Millis(config.lease_ms);
    options.lease_margin = options.lease / 5;
    return options;
}

}  // namespace

// In the order of construction: what stands below uses what stands above. Members end in reverse; the
// engines are stopped by hand before that, the API first.
struct Wiring::Rooms {
    explicit Rooms(const Config& settings, const security::Key& master)
        : config(settings),
          db(config.db),
          writers(db),
          ids(writers.urgent()),
          vault(master, [this](Id tenant) { return data_key(tenant); }),
          registry(registry_options(config), clock),
          breaker(clock),
          otp_workers("turns otp", 1),
          single_workers("turns single", 1),
          workers("turns", cores()),
          client(config.net),
          mail(mail_options(config)),
          grants_writer(db.dialect() == store::Dialect::mysql
                            ? std::make_unique<store::Writer>(db, store::Writer::Options{1})
                            : nullptr),
          grants(grants_writer ? *grants_writer : writers.urgent(), clock),
          limiter(client, grants, clock),
          limits(config.limits),
          credentials({writers.urgent(), vault, redactor, clock, node}),
          blobs(config.media_folder),
          exchange({client, limiter, breaker, otp_workers, single_workers, workers, clock, limits, &mail,
                    &credentials, blobs}),
          environment(config.environment_providers, config.environment),
          connections({db, registry, vault, redactor, config.public_url, environment}),
          pacer(limiter, clock),
          stops(writers.bulk(), clock),
          fresh(clock),
          intake({db, writers.urgent(), ids, send::row_opener(connections), clock, processor_bell, handover,
                  redactor}),
          processor({db, writers.beside(), send::opener(connections), clock, processor_bell, handover}),
          campaigns({db, writers.beside(), connections, clock, campaigns_bell, [this] { dispatcher.ring(); },
                     fresh, holder()}),
          dispatcher(sender_parts(writers.bulk()), dispatcher_options(config, node)),
          otp(sender_parts(writers.urgent()), queue_options(config, node, store::Lane::otp)),
          singles(sender_parts(writers.urgent()), queue_options(config, node, store::Lane::single)),
          retries(sender_parts(writers.bulk()), queue_options(config, node, store::Lane::campaign)),
          settle({db, writers.bulk(), exchange, connections, clock, processor_bell, holder()}),
          status_polls({db, writers.bulk(), exchange, connections, clock, processor_bell, holder()}),
          fallback({db, writers.beside(), connections, clock, [this] { dispatcher.ring(); },
                    [this] { singles.ring(); }, holder()}),
          template_sync({db, writers.beside(), exchange, connections, clock, holder()}),
          media({db, writers.beside(), exchange, connections, client, workers, vault, clock, blobs,
                 config.public_url, config.media_max_mib << 20, config.media_tenant_mib << 20}),
          imports(db, writers.beside(), clock),
          service({db, writers.urgent(), ids, connections, exchange, template_sync, limits, clock,
                   [this] { campaigns_bell.ring(); }, [this] { dispatcher.ring(); }, otp, singles, &media}),
          services{db,
                   writers.urgent(),
                   ids,
                   registry,
                   vault,
                   service,
                   intake,
                   imports,
                   clock,
                   version,
                   config.public_url,
                   (std::filesystem::path(config.data_folder) / "imports").string(),
                   config.chunks * config.window,
                   environment,
                   config.otp,
                   {blobs, config.media_max_mib << 20, config.media_tenant_mib << 20}},
          authenticator(db, writers.urgent(), clock),
          answers(writers.urgent(), clock),
          router(
              api::table(services),
              [this](const api::Request& request) { return authenticator.identify(request); }, answers),
          housekeeping(
              writers.beside(), answers, clock, [this] { keep_epoch(); },
              [this](const std::function<bool()>& stopping) { sweep_media(stopping); }) {}

    ~Rooms() {
        if (server) server->stop(drain_limit);
        housekeeping.stop();
        imports.stop();
        template_sync.stop();
        media.stop();
        settle.stop();
        status_polls.stop();
        fallback.stop();
        campaigns.stop();
        dispatcher.stop(drain_limit);
        otp.stop(drain_limit);
        singles.stop(drain_limit);
        retries.stop(drain_limit);
        processor.stop();
        otp_workers.stop();
        single_workers.stop();
        workers.stop();
        log::set_scrubber({});
    }

    void start() {
        log::set_scrubber([this](std::string_view line) { return redactor(line); });
        for (const auto& [from, to] : config.origins)
            spdlog::warn("net.origin: requests for {} go to {} instead: not to the provider", from, to);
        registry.load_all();
        api::SettingsMigration{db, writers.urgent(), registry, environment, vault, clock}.run();
        processor.start();
        dispatcher.start();
        otp.start();
        singles.start();
        retries.start();
        campaigns.start();
        settle.start();
        status_polls.start();
        fallback.start();
        template_sync.start();
        media.start();
        imports.start();
        housekeeping.start();
        server = std::make_unique<api::Server>(server_options(config), router, clock);
        spdlog::info("dakiya {} serves http://{}:{} as {}", version, config.host, server->port(), node);
    }

    // A database that was swapped for an older one below us would send what was sent.
    void keep_epoch() {
        const auto advanced = advance_epoch(config, writers.bulk());
        if (advanced) return;
        spdlog::critical("{}", advanced.error().text);
        ::kill(::getpid(), SIGTERM);
    }

    void sweep_media(const std::function<bool()>& stopping) {
        blobs.sweep(
            [this](Id tenant, std::span<const std::string> sha256) {
                return db.read([&](store::Session& session) {
                    return store::media::known(session, store::Scope{tenant}, sha256);
                });
            },
            stopping);
    }

    std::string data_key(Id tenant) {
        const auto row =
            db.read([&](store::Session& session) { return store::tenants::find(session, tenant); });
        return row ? row->data_key : "";
    }

    send::Holder holder() const { return {node, Millis(config.lease_ms)}; }

    send::SenderParts sender_parts(store::Writer& writer) {
        return {db,     writer, exchange,       connections,    pacer, workers,
                limits, clock,  campaigns_bell, processor_bell, stops, fresh};
    }

    const Config config;
    const std::string node = node_name();
    SystemClock clock;
    Bell campaigns_bell, processor_bell;
    net::Redactor redactor;

    store::Database db;
    store::Writers writers;
    store::Ids ids;
    security::Vault vault;
    plugin::Registry registry;

    // The clients end what is under way when they go: what their answers touch stands above them.
    net::Breaker breaker;
    Pool otp_workers, single_workers, workers;
    net::BeastClient client;
    net::SmtpClient mail;
    std::unique_ptr<store::Writer> grants_writer;  // see send/shared_grants.hpp; SQLite lets one writer in
    send::SharedGrants grants;
    net::Limiter limiter;
    send::Limits limits;
    send::Credentials credentials;
    const store::BlobFolder blobs;
    send::Exchange exchange;
    plugin::Environment environment;
    send::Connections connections;
    send::Pacer pacer;
    send::StopCounts stops;
    send::FreshChunks fresh;

    receive::Handover handover;
    receive::StoreIntake intake;
    receive::Processor processor;
    send::Campaigns campaigns;
    send::Dispatcher dispatcher;
    send::QueueRunner otp, singles, retries;
    send::Settle settle;
    send::StatusPolls status_polls;
    send::Fallback fallback;
    send::TemplateSync template_sync;
    send::MediaTransfers media;
    audience::Imports imports;
    send::EngineService service;

    api::Services services;
    api::Authenticator authenticator;
    api::StoredAnswers answers;
    api::Router router;
    Housekeeping housekeeping;
    std::unique_ptr<api::Server> server;
};

Result<std::unique_ptr<Wiring>> Wiring::make(const Config& config) {
    make_data_folder(config);
    auto master = master_key(config, true);
    if (!master) return master.error();
    {
        store::Database database(config.db);
        const SystemClock clock;
        if (const int ran = store::migrate(database, clock); ran > 0)
            spdlog::info("the database was migrated: {} steps", ran);
    }
    {
        store::Database database(config.db);
        store::Writer writer(database);
        if (const auto advanced = advance_epoch(config, writer); !advanced) return advanced.error();
    }
    auto rooms = std::make_unique<Rooms>(config, *master);
    rooms->start();
    return std::unique_ptr<Wiring>(new Wiring(std::move(rooms)));
}

Wiring::Wiring(std::unique_ptr<Rooms> rooms) : rooms_(std::move(rooms)) {}
Wiring::~Wiring() = default;

std::uint16_t Wiring::port() const { return rooms_->server->port(); }

}  // namespace dakiya::app
