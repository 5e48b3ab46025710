#include "world.hpp"

#include <fstream>

#include "receive/apply.hpp"
#include "store/connections.hpp"
#include "store/pending_events.hpp"
#include "store/queue.hpp"
#include "store/suppressions.hpp"
#include "store/tenants.hpp"

namespace dakiya {

namespace {

// A library's entry runs once in a process, so the plugins are loaded once.
plugin::Registry& registry() {
    static const SystemClock clock;
    static const std::unique_ptr<plugin::Registry> loaded = [] {
        plugin::Registry::Options options;
        options.folders = {SCRIPTED_FOLDER};
        options.probe_command = {PLUGIN_INSPECT};
        auto made = std::make_unique<plugin::Registry>(std::move(options), clock);
        for (const auto& plugin : made->load_all())
            if (!plugin.ok) throw std::runtime_error(plugin.path + ": " + plugin.sentence);
        return made;
    }();
    return *loaded;
}

std::string phone(int i) { return "+9198" + std::to_string(10'000'000 + i).substr(0, 8); }

}  // namespace

World::World(store::Dialect dialect, const std::string& plugin, FakeProvider::Answer answer)
    : folder(std::filesystem::temp_directory_path() / ("dakiya-" + random_token())),
      database(dialect),
      provider(clock, std::move(answer)),
      vault(security::Key::random(), [this](Id) { return data_key; }),
      connections({database.database(), registry(), vault, redactor, ""}) {
    registry().forget(connection);  // of an earlier world
    data_key = vault.make_data_key(scope.tenant);
    writer.run([&](store::Session& session) {
        store::tenants::create(session, {scope.tenant, "Shop", "IN", "Asia/Kolkata", "", 1});
        store::Connection row;
        row.id = connection;
        row.tenant = scope.tenant;
        row.provider = plugin;
        row.name = "Test";
        row.settings = row.secrets = "{}";
        row.state = "enabled";
        store::connections::create(session, row);
    });
}

World::~World() {
    std::error_code gone;
    std::filesystem::remove_all(folder, gone);
}

Id World::add_media(const std::string& bytes, const std::string& mime) {
    store::IncomingBlob blob = blobs.incoming();
    std::ofstream(blob.path(), std::ios::binary) << bytes;
    blob.read();
    store::Media media;
    writer.run([&](store::Session& session) {
        media = {store::reserve_ids(session, 1),
                 scope.tenant,
                 blob.sha256,
                 blob.size,
                 mime,
                 "a file",
                 "upload",
                 clock.now_ms()};
        store::media::add(session, media, 0);
    });
    blobs.keep(blob, scope.tenant);
    return media.id;
}

void World::add_contacts(int count) {
    for (int from = 0; from < count; from += 1'000) {
        std::vector<store::Contact> page;
        for (int i = from; i < std::min(count, from + 1'000); ++i) {
            store::Contact contact;
            contact.tenant = scope.tenant;
            contact.phone = phone(i);
            contact.name = "Person " + std::to_string(i);
            page.push_back(std::move(contact));
        }
        writer.run(
            [&](store::Session& session) { store::contacts::upsert(session, scope, page, clock.now_ms()); });
    }
}

Id World::add_campaign(const std::string& audience, int per_second, const std::string& content) {
    store::Campaign campaign;
    writer.run([&](store::Session& session) {
        campaign.id = store::reserve_ids(session, 1);
        campaign.tenant = scope.tenant;
        campaign.name = "Diwali";
        campaign.state = domain::CampaignState::sending;
        campaign.connection = connection;
        campaign.channel = "sms";
        campaign.content = content;
        campaign.audience = audience;
        campaign.per_second = per_second;
        campaign.created_at = campaign.started_at = clock.now_ms();
        store::campaigns::create(session, campaign);
    });
    return campaign.id;
}

void World::suppress(const std::string& address) {
    writer.run([&](store::Session& session) {
        store::suppressions::add(session, scope, {"sms", address, domain::Suppression::opted_out, "test", 1});
    });
}

Id World::add_single(const std::string& address, std::int64_t deadline_in_ms) {
    store::Message message;
    writer.run([&](store::Session& session) {
        message.id = store::reserve_ids(session, 1);
        message.tenant = scope.tenant;
        message.connection = connection;
        message.channel = "sms";
        message.address = address;
        message.params = "{}";
        message.content = R"({"from":"","content":{"kind":"text","text":"Hello"}})";
        message.created_at = clock.now_ms();
        store::messages::insert(session, std::span<const store::Message>(&message, 1));
        store::Queued queued;
        queued.message = message.id;
        queued.tenant = scope.tenant;
        queued.connection = connection;
        queued.due_at = clock.now_ms();
        queued.deadline_at = clock.now_ms() + deadline_in_ms;
        store::queue::insert(session, std::span<const store::Queued>(&queued, 1));
    });
    return message.id;
}

store::Campaign World::campaign(Id id) {
    return database.database()
        .read([&](store::Session& session) { return store::campaigns::find(session, scope, id); })
        .value();
}

std::map<domain::State, std::int64_t> World::stats(Id id) {
    const auto row = campaign(id);
    return database.database().read(
        [&](store::Session& session) { return store::campaigns::stats(session, scope, row).by_state; });
}

std::vector<store::MessageView> World::recipients(Id id) {
    return database.database().read([&](store::Session& session) {
        store::MessageFilter of_campaign;
        of_campaign.campaign = id;
        return store::messages::recipients(session, scope, of_campaign, 0, 100'000).rows;
    });
}

std::map<domain::State, std::int64_t> World::counted(Id id) {
    std::map<domain::State, std::int64_t> counts;
    for (const auto& view : recipients(id)) ++counts[view.state];
    return counts;
}

store::MessageView World::message(Id id) {
    return database.database()
        .read([&](store::Session& session) { return store::messages::find(session, scope, id); })
        .value();
}

std::int64_t World::number(const std::string& sql) {
    return database.database().read(
        [&](store::Session& session) { return session.query(sql).at(0).integer(0); });
}

void World::execute(const std::string& sql) {
    writer.run([&](store::Session& session) { session.execute(sql); });
}

void World::apply_events() {
    const std::int64_t now = clock.now_ms();
    writer.run([&](store::Session& session) {
        std::vector<receive::Incoming> events;
        std::vector<Id> ids;
        for (const auto& event : store::pending_events::take(session, now, now, 1'000)) {
            events.push_back({event.tenant, event.connection, Json::parse(event.event), event.received_at});
            ids.push_back(event.id);
        }
        const auto applied = receive::apply(session, events, now);
        if (!applied.unmatched.empty()) throw std::runtime_error("an event names no message");
        store::pending_events::remove(session, ids);
    });
}

void World::until(const std::function<bool()>& condition) {
    const auto give_up = std::chrono::steady_clock::now() + std::chrono::seconds(30);
    Bell never;
    while (!condition()) {
        if (std::chrono::steady_clock::now() > give_up)
            throw std::runtime_error("half a minute was not enough");
        clock.advance(Millis(20));
        never.wait_for(Millis(2));
    }
}

Node::Node(World& w, const std::string& name, Options options)
    : world(w),
      grants_writer(w.database.database(), store::Writer::Options{1}),
      grants(w.database.database().dialect() == store::Dialect::mysql ? grants_writer : w.writer, w.clock),
      limiter(w.provider, grants, w.clock),
      breaker(w.clock),
      limits(options.limits),
      credentials({w.writer, w.vault, w.redactor, w.clock, name}),
      exchange({w.provider, limiter, breaker, workers, workers, workers, w.clock, limits, nullptr,
                &credentials, w.blobs}),
      pacer(limiter, w.clock),
      stops(w.writer, w.clock),
      fresh(w.clock),
      otp(lane(store::Lane::otp, name, options)),
      singles(lane(store::Lane::single, name, options)),
      retries(lane(store::Lane::campaign, name, options)),
      template_sync({w.database.database(), w.writer, exchange, w.connections, w.clock,
                     send::Holder{name, options.lease}}),
      media({w.database.database(), w.writer, exchange, w.connections, w.provider, workers, w.vault, w.clock,
             w.blobs, "", 1 << 20, 10 << 20}),
      ids(w.writer),
      service({w.database.database(), w.writer, ids, w.connections, exchange, template_sync, limits, w.clock,
               [this] { campaigns_bell.ring(); }, [this] { dispatcher->ring(); }, *otp, *singles, &media}) {
    send::DispatcherOptions sending;
    sending.node = name;
    sending.lease = options.lease;
    sending.chunks = options.chunks;
    sending.window = options.window;
    sending.micro_batch = options.micro_batch;
    sending.connections = options.connections;
    store::Database& db = world.database.database();
    dispatcher = std::make_unique<send::Dispatcher>(
        send::Dispatcher::Parts{db, world.writer, exchange, world.connections, pacer, workers, limits,
                                world.clock, campaigns_bell, processor_bell, stops, fresh},
        sending);
    campaigns = std::make_unique<send::Campaigns>(
        send::Campaigns::Parts{db, world.writer, world.connections, world.clock, campaigns_bell,
                               [this] { dispatcher->ring(); }, fresh, send::Holder{name, options.lease}});
    fallback = std::make_unique<send::Fallback>(
        send::Fallback::Parts{db, world.writer, world.connections, world.clock,
                              [this] { dispatcher->ring(); }, [this] { singles->ring(); },
                              send::Holder{name, options.lease}},
        Millis(20));
}

std::unique_ptr<send::QueueRunner> Node::lane(store::Lane which, const std::string& name,
                                              const Options& options) {
    send::QueueOptions queued;
    queued.node = name;
    queued.lane = which;
    queued.lease = options.lease;
    queued.window = options.queue_window;
    return std::make_unique<send::QueueRunner>(
        send::QueueRunner::Parts{world.database.database(), world.writer, exchange, world.connections, pacer,
                                 workers, limits, world.clock, campaigns_bell, processor_bell, stops, fresh},
        queued);
}

Node::~Node() {
    stop(Millis(0));
    world.provider.forget();
    workers.stop();
}

void Node::start() {
    media.start();
    campaigns->start();
    fallback->start();
    dispatcher->start();
    otp->start();
    singles->start();
    retries->start();
}

void Node::stop(Millis patience) {
    media.stop();
    campaigns->stop();
    fallback->stop();
    dispatcher->stop(patience);
    otp->stop(patience);
    singles->stop(patience);
    retries->stop(patience);
}

void Node::crash() { stop(Millis(0)); }

}  // namespace dakiya
