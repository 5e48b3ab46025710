#include "node.hpp"

#include "base/bell.hpp"
#include "net/redact.hpp"
#include "receive/processor.hpp"
#include "receive/store_intake.hpp"
#include "security/vault.hpp"
#include "send/campaigns.hpp"
#include "send/dispatcher.hpp"
#include "send/engine_service.hpp"
#include "send/fallback.hpp"
#include "send/openers.hpp"
#include "send/otp.hpp"
#include "send/queue_runner.hpp"
#include "send/settle.hpp"
#include "send/shared_grants.hpp"
#include "store/tenants.hpp"
#include "world.hpp"

namespace dakiya::simulate {

namespace {

// Small, so that a few dozen recipients make many commits.
send::DispatcherOptions dispatcher_options(const std::string& node, Chance& chance) {
    send::DispatcherOptions options;
    options.node = node;
    options.chunks = 2;
    options.window = static_cast<int>(chance.between(1, 12));
    options.micro_batch = static_cast<int>(chance.between(1, 6));
    options.seed = chance.next();
    return options;
}

send::QueueOptions queue_options(const std::string& node, store::Lane lane, Chance& chance) {
    send::QueueOptions options;
    options.node = node;
    options.lane = lane;
    options.at_once = static_cast<int>(chance.between(1, 6));
    options.window = static_cast<int>(chance.between(2, 12));
    options.seed = chance.next();
    return options;
}

store::DbConfig database_config(const std::string& path) {
    store::DbConfig config;
    config.path = path;
    return config;
}

}  // namespace

// In the order of app/wiring.
struct Node::Rooms {
    explicit Rooms(Parts given)
        : parts(std::move(given)),
          clock(parts.timeline),
          db(database_config(parts.database),
             [troubles = parts.troubles](const store::DbConfig& config) {
                 return faulty(store::open_session(config), troubles);
             }),
          writer(db, {500, false, parts.pause}),
          ids(writer),
          vault(parts.master,
                [this](Id id) {
                    const auto tenant =
                        db.read([&](store::Session& session) { return store::tenants::find(session, id); });
                    return tenant ? tenant->data_key : std::string();
                }),
          registry(plugin::Registry::Options(), clock),
          breaker(clock),
          workers("turns", 0),
          wire(parts.wire, parts.name, clock),
          grants(writer, clock),
          limiter(wire, grants, clock),
          limits(std::map<std::string, double, std::less<>>()),
          exchange({wire, limiter, breaker, workers, workers, workers, clock, limits}),
          connections({db, registry, vault, redactor, "https://dakiya.example"}),
          pacer(limiter, clock),
          stops(writer, clock),
          fresh(clock),
          intake({db, writer, ids, send::row_opener(connections), clock, processor_bell, handover, redactor}),
          processor({db, writer, send::opener(connections), clock, processor_bell, handover}),
          campaigns({db, writer, connections, clock, campaigns_bell, [this] { dispatcher.ring(); }, fresh,
                     send::Holder{parts.name}}),
          dispatcher({db, writer, exchange, connections, pacer, workers, limits, clock, campaigns_bell,
                      processor_bell, stops, fresh},
                     dispatcher_options(parts.name, parts.chance)),
          otp({db, writer, exchange, connections, pacer, workers, limits, clock, campaigns_bell,
               processor_bell, stops, fresh},
              queue_options(parts.name, store::Lane::otp, parts.chance)),
          singles({db, writer, exchange, connections, pacer, workers, limits, clock, campaigns_bell,
                   processor_bell, stops, fresh},
                  queue_options(parts.name, store::Lane::single, parts.chance)),
          retries({db, writer, exchange, connections, pacer, workers, limits, clock, campaigns_bell,
                   processor_bell, stops, fresh},
                  queue_options(parts.name, store::Lane::campaign, parts.chance)),
          settle({db, writer, exchange, connections, clock, processor_bell, send::Holder{parts.name}}),
          template_sync({db, writer, exchange, connections, clock, send::Holder{parts.name}}),
          fallback({db, writer, connections, clock, [this] { dispatcher.ring(); }, [this] { singles.ring(); },
                    send::Holder{parts.name}}),
          service({db, writer, ids, connections, exchange, template_sync, limits, clock,
                   [this] { campaigns_bell.ring(); }, [this] { dispatcher.ring(); }, otp, singles}),
          passwords({db, writer, ids, vault, service, clock, code_limits}) {
        registry.add(parts.plugin);
    }

    Parts parts;
    NodeClock clock;
    Bell campaigns_bell, processor_bell;
    net::Redactor redactor;
    store::Database db;
    store::Writer writer;
    store::Ids ids;
    security::Vault vault;
    plugin::Registry registry;
    net::Breaker breaker;
    Pool workers;
    Wire wire;
    send::SharedGrants grants;
    net::Limiter limiter;
    send::Limits limits;
    send::Exchange exchange;
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
    send::TemplateSync template_sync;
    send::Fallback fallback;
    send::EngineService service;
    send::Otps passwords;
};

Node::Node(Parts parts) : rooms_(std::make_unique<Rooms>(std::move(parts))) {}
Node::~Node() = default;

send::EngineService& Node::service() { return rooms_->service; }
send::Otps& Node::passwords() { return rooms_->passwords; }
store::Writer& Node::writer() { return rooms_->writer; }
const std::string& Node::name() const { return rooms_->parts.name; }
NodeClock& Node::clock() { return rooms_->clock; }

// What a thread's wall does for the engines that have theirs around the loop (base/rounds).
void Node::step() {
    Rooms& r = *rooms_;
    try {
        switch (r.parts.chance.below(18)) {
            case 0:
                r.campaigns.round();
                break;
            case 1:
                r.singles.turn();
                break;
            case 2:
            case 3:
                r.retries.turn();
                break;
            case 4:
                r.settle.round();
                break;
            case 5:
                r.processor.round();
                break;
            case 6:
            case 7:
            case 8:
                r.dispatcher.turn();
                break;
            case 9:
                r.fallback.round();
                break;
            case 10:
                r.otp.turn();
                break;
            case 11:
            case 12:
            case 13:
                r.writer.write_one_group();
                break;
            default:
                r.workers.run_one();  // what matters of it is seen on the wire or by the writer
        }
    } catch (const std::exception&) {
        // Its thread goes on with the next piece.
    }
}

int Node::hear(const std::string& body) {
    plugin::Inbound inbound;
    inbound.method = "POST";
    inbound.url = "/webhooks/pretend";
    inbound.body = body;
    try {
        const auto answer = rooms_->intake.accept(std::string(provider_id), World::connection, "", inbound);
        return static_cast<int>(answer.status);
    } catch (const std::exception&) {
        return 500;
    }
}

}  // namespace dakiya::simulate
