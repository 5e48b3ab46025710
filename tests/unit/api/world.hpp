// The whole API over a real database, with a provider that has a secret (tests/plugins, "good") and
// engines that only remember what they were asked.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "../store/databases.hpp"
#include "api/auth.hpp"
#include "api/idempotency.hpp"
#include "api/resources.hpp"
#include "api/router.hpp"
#include "security/token.hpp"
#include "store/campaigns.hpp"
#include "store/connections.hpp"
#include "store/keys.hpp"
#include "store/tenants.hpp"

namespace dakiya::api::test {

class FakeSend final : public send::Service {
public:
    FakeSend(store::Database& db, store::Writer& writer, const Clock& clock)
        : db_(db), writer_(writer), clock_(clock) {}

    Result<store::MessageView> send_message(store::Scope scope, const send::MessageRequest& request,
                                            const send::Along& along) override {
        last = request;
        if (fails) return *fails;
        store::MessageView view;
        view.message.id = 5'001 + sent;
        view.message.tenant = scope.tenant;
        view.message.connection = request.connection;
        view.message.channel = "sms";
        view.message.address = request.to;
        view.message.content = domain::to_json(request.content).dump();
        view.message.params = "{}";
        bool declined = false;
        writer_.run([&](store::Session& session) {
            declined = along.before && !along.before(session);
            if (declined) return;
            store::messages::insert(session, std::span<const store::Message>(&view.message, 1));
            if (along.after) along.after(session, view);
        });
        if (declined) return Error{Code::conflict, "this was done before", ""};
        ++sent;
        return view;
    }
    Result<send::Preview> preview(store::Scope, const store::Campaign&, int samples) override {
        send::Preview preview;
        preview.audience = samples;
        preview.items.push_back({1, "+919812345678", "Hi Asha", Json::object(), "gsm7", 1, "", ""});
        return preview;
    }
    Result<store::Campaign> start(store::Scope scope, Id id) override {
        return act(scope, id, domain::Action::send);
    }
    Result<store::Campaign> pause(store::Scope scope, Id id) override {
        return act(scope, id, domain::Action::pause);
    }
    Result<store::Campaign> resume(store::Scope scope, Id id) override {
        return act(scope, id, domain::Action::resume);
    }
    Result<store::Campaign> cancel(store::Scope scope, Id id) override {
        return act(scope, id, domain::Action::cancel);
    }
    Result<Json> check(store::Scope, Id) override { return Json{{"ok", true}, {"text", "works"}}; }
    Result<std::vector<plugin::Record>> ask(store::Scope scope, Id id, send::Question question) override {
        const auto row =
            db_.read([&](store::Session& session) { return store::connections::find(session, scope, id); });
        if (!row) return Error{Code::not_found, "there is no such connection", "connection"};
        asked.push_back(std::move(question));
        if (fails) return *fails;
        return answers;
    }
    Result<void> sync_templates(store::Scope, Id) override {
        ++synced;
        return {};
    }
    void connection_changed(Id connection) override { changed.push_back(connection); }

    int sent = 0, synced = 0;
    send::MessageRequest last;
    std::optional<Error> fails;
    std::vector<send::Question> asked;
    std::vector<plugin::Record> answers;  // to what is asked
    std::vector<Id> changed;

private:
    Result<store::Campaign> act(store::Scope scope, Id id, domain::Action action) {
        auto row =
            db_.read([&](store::Session& session) { return store::campaigns::find(session, scope, id); });
        if (!row) return Error{Code::not_found, "there is no such campaign", ""};
        const auto next = domain::after(row->state, action);
        if (!next) return next.error();
        writer_.run([&](store::Session& session) {
            store::campaigns::set_state(session, *row, *next, "", clock_.now_ms());
        });
        return *db_.read([&](store::Session& session) { return store::campaigns::find(session, scope, id); });
    }

    store::Database& db_;
    store::Writer& writer_;
    const Clock& clock_;
};

class FakeIntake final : public receive::Intake {
public:
    plugin::Reply accept(const std::string& provider, Id connection, const std::string& token,
                         const plugin::Inbound& inbound) override {
        last = inbound;
        plugin::Reply reply;
        reply.status = token == "wrong" ? 401 : 202;
        reply.headers = {{"content-type", "text/plain", false}};
        reply.body = provider + ' ' + format_id(prefix::connection, connection) + ' ' + token;
        return reply;
    }
    plugin::Inbound last;
};

struct Folder {
    std::filesystem::path path = std::filesystem::temp_directory_path() / ("dakiya-api-" + random_token());
    Folder() { std::filesystem::create_directory(path); }
    ~Folder() { std::filesystem::remove_all(path); }
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;
};

// The library's entry is looked for once in a process, so all tests share it.
inline plugin::Registry& registry() {
    static const Folder folder;
    static const SystemClock clock;
    static plugin::Registry shared(
        [] {
            std::filesystem::copy_file(std::string(CROWD_FOLDER) + "/good.so", folder.path / "good.so");
            plugin::Registry::Options options;
            options.folders = {folder.path.string()};
            options.probe_command = {CROWD_INSPECT};
            return options;
        }(),
        clock);
    static const bool loaded = shared.load_all().front().ok;
    if (!loaded) throw std::runtime_error("the test provider did not load");
    return shared;
}

struct Answer {
    int status;
    Json json;
    Response response;
};

struct Shop {  // a tenant with a key for everything
    store::Scope scope;
    std::string key;
};

class World {
public:
    explicit World(store::Dialect dialect = store::Dialect::sqlite)
        : database(dialect),
          vault(security::Key::random(), [this](Id tenant) { return data_key(tenant); }),
          send(database.database(), database.writer(), database.clock()),
          imports(database.database(), database.writer(), database.clock()),
          ids(database.writer()),
          services{database.database(),
                   database.writer(),
                   ids,
                   registry(),
                   vault,
                   send,
                   intake,
                   imports,
                   database.clock(),
                   "1.2.3",
                   "https://api.example",
                   folder.path.string(),
                   0,
                   {},
                   {},
                   {store::BlobFolder(folder.path / "media")}},
          authenticator(database.database(), database.writer(), database.clock()),
          answers(database.writer(), database.clock()),
          router(
              table(services), [this](const Request& r) { return authenticator.identify(r); }, answers),
          shop(new_shop("IN")) {}

    Shop new_shop(const std::string& country) {
        Shop made{{ids.next()}, ""};
        const store::Tenant tenant{
            made.scope.tenant, "Shop", country, "Asia/Kolkata", vault.make_data_key(made.scope.tenant), 1};
        database.writer().run([&](store::Session& session) { store::tenants::create(session, tenant); });
        made.key = new_key(made.scope, "admin");
        return made;
    }

    std::string new_key(store::Scope scope, const std::string& permissions, std::int64_t expires_at = 0) {
        const auto token = security::make_api_key();
        store::ApiKey key;
        key.id = last_key = ids.next();
        key.tenant = scope.tenant;
        key.name = "test";
        key.hash = token.hash;
        key.permissions = permissions;
        key.expires_at = expires_at;
        database.writer().run([&](store::Session& session) { store::keys::create(session, key); });
        return token.text;
    }

    // target: with its query. headers: names in lower case.
    Answer ask(const std::string& method, const std::string& target, const std::string& body = "",
               std::vector<Header> headers = {}) {
        Request request;
        request.method = method;
        request.target = target;
        request.path = target.substr(0, target.find('?'));
        if (const auto mark = target.find('?'); mark != std::string::npos) {
            std::string rest = target.substr(mark + 1);
            while (!rest.empty()) {
                const std::string pair = rest.substr(0, rest.find('&'));
                rest.erase(0, pair.size() + 1);
                const auto equals = pair.find('=');
                request.query.emplace_back(*percent_decode(pair.substr(0, equals), true),
                                           *percent_decode(pair.substr(equals + 1), true));
            }
        }
        request.body = body;
        request.peer = "192.0.2.1";
        request.id = "r1";
        request.headers = std::move(headers);
        if (request.header("authorization").empty() && !as.empty())
            request.headers.push_back({"authorization", "Bearer " + as});
        else if (as.empty() && request.header("authorization").empty() && !anonymous)
            request.headers.push_back({"authorization", "Bearer " + shop.key});
        Answer answer{0, {}, router.handle(request)};
        answer.status = answer.response.status;
        const std::string& text = answer.response.body;
        if (!text.empty() && text.front() == '{') answer.json = Json::parse(text);
        return answer;
    }

    std::string new_connection() {
        return ask("POST", "/v1/connections", R"({"provider":"crowd","settings":{"key":"s3cret-value"}})")
            .json.at("id")
            .text();
    }
    std::string new_contact(const std::string& phone) {
        return ask("POST", "/v1/contacts", Json{{"phone", phone}, {"name", "Asha"}}.dump())
            .json.at("id")
            .text();
    }
    std::string new_campaign() {
        return ask("POST", "/v1/campaigns",
                   Json{{"name", "Sale"},
                        {"connection", new_connection()},
                        {"content", Json{{"kind", "text"}, {"text", "Hi {{name|there}}"}}},
                        {"audience", Json{{"all", true}}}}
                       .dump())
            .json.at("id")
            .text();
    }

    Folder folder;
    store::TestDatabase database;
    security::Vault vault;
    FakeSend send;
    FakeIntake intake;
    audience::Imports imports;
    store::Ids ids;
    Services services;
    Authenticator authenticator;
    StoredAnswers answers;
    Router router;
    Shop shop;
    Id last_key = 0;
    std::string as;          // another key than the shop's
    bool anonymous = false;  // no key at all

private:
    std::string data_key(Id tenant) {
        const auto row = database.database().read(
            [&](store::Session& session) { return store::tenants::find(session, tenant); });
        return row ? row->data_key : "";
    }
};

}  // namespace dakiya::api::test
