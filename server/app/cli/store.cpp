// Commands that only need the database: migrate, tenant create, key create.
#include <cstdio>
#include <sstream>

#include "api/auth.hpp"
#include "app/cli/commands.hpp"
#include "app/keys.hpp"
#include "base/clock.hpp"
#include "security/token.hpp"
#include "security/vault.hpp"
#include "store/ids.hpp"
#include "store/keys.hpp"
#include "store/migrate.hpp"
#include "store/tenants.hpp"

namespace dakiya::app {

namespace {

constexpr std::int64_t day_ms = 24LL * 3600 * 1000;

bool two_letters(const std::string& text) {
    const auto letter = [](char c) { return c >= 'A' && c <= 'Z'; };
    return text.size() == 2 && letter(text[0]) && letter(text[1]);
}

}  // namespace

int migrate(const Config& config, bool only_show) {
    make_data_folder(config);
    store::Database database(config.db);
    if (only_show) {
        for (const std::string& name : store::pending(database)) std::printf("%s\n", name.c_str());
        return 0;
    }
    std::printf("%d migrations ran\n", store::migrate(database, SystemClock{}));
    return 0;
}

int create_tenant(const Config& config, const NewTenant& wanted) {
    if (wanted.name.empty() || wanted.name.size() > 190)
        return fail(invalid("name", "the name must have 1 to 190 bytes"));
    if (!two_letters(wanted.country))
        return fail(invalid("country", "the country must be two capital letters, such as IN or US"));
    make_data_folder(config);
    const auto master = master_key(config, true);
    if (!master) return fail(master.error());

    store::Database database(config.db);
    const SystemClock clock;
    store::migrate(database, clock);
    store::Writer writer(database);
    store::Ids ids(writer);
    const security::Vault vault(*master, [](Id) { return std::string(); });
    store::Tenant tenant;
    tenant.id = ids.next();
    tenant.name = wanted.name;
    tenant.country = wanted.country;
    tenant.zone = wanted.zone;
    tenant.data_key = vault.make_data_key(tenant.id);
    tenant.created_at = clock.now_ms();
    writer.run([&](store::Session& session) { store::tenants::create(session, tenant); });
    std::printf("%s\n", format_id(prefix::tenant, tenant.id).c_str());
    return 0;
}

int create_key(const Config& config, const NewKey& wanted) {
    const auto tenant = parse_id(prefix::tenant, wanted.tenant);
    if (!tenant)
        return fail(invalid("tenant", "\"" + wanted.tenant + "\" is not the id of a tenant (ten_…)"));
    std::istringstream words(wanted.permissions);
    for (std::string word; words >> word;)
        if (api::parse_permissions(word).empty())
            return fail(invalid("permissions",
                                "\"" + word + "\" is not a permission; use read, send, manage, admin"));

    make_data_folder(config);
    store::Database database(config.db);
    const SystemClock clock;
    store::migrate(database, clock);
    if (!database.read([&](store::Session& session) { return store::tenants::find(session, *tenant); }))
        return fail(Error{Code::not_found, "there is no tenant " + wanted.tenant, "tenant"});
    store::Writer writer(database);
    store::Ids ids(writer);
    const security::NewToken token = security::make_api_key();
    store::ApiKey key;
    key.id = ids.next();
    key.tenant = *tenant;
    key.name = wanted.name;
    key.hash = token.hash;
    key.permissions = wanted.permissions;
    key.created_at = clock.now_ms();
    key.expires_at = wanted.days == 0 ? 0 : key.created_at + wanted.days * day_ms;
    writer.run([&](store::Session& session) { store::keys::create(session, key); });
    std::printf("%s\n", token.text.c_str());
    return 0;
}

int list_keys(const Config& config, const std::string& tenant_text) {
    const auto tenant = parse_id(prefix::tenant, tenant_text);
    if (!tenant) return fail(invalid("tenant", "\"" + tenant_text + "\" is not the id of a tenant (ten_…)"));
    make_data_folder(config);
    store::Database database(config.db);
    const std::int64_t now = SystemClock{}.now_ms();
    const auto keys = database.read(
        [&](store::Session& session) { return store::keys::list(session, store::Scope{*tenant}, 0, 1000); });
    for (const store::ApiKey& key : keys)
        std::printf("%s  %-8s  %-24s  %s\n", format_id(prefix::key, key.id).c_str(),
                    store::keys::usable(key, now) ? "usable" : "ended", key.permissions.c_str(),
                    key.name.c_str());
    return 0;
}

int revoke_key(const Config& config, const std::string& tenant_text, const std::string& key_text) {
    const auto tenant = parse_id(prefix::tenant, tenant_text);
    if (!tenant) return fail(invalid("tenant", "\"" + tenant_text + "\" is not the id of a tenant (ten_…)"));
    const auto key = parse_id(prefix::key, key_text);
    if (!key)
        return fail(
            invalid("key", "\"" + key_text + "\" is not the id of a key (key_…); see: dakiya key list"));
    make_data_folder(config);
    store::Database database(config.db);
    store::Writer writer(database);
    bool revoked = false;
    writer.run([&](store::Session& session) {
        revoked = store::keys::revoke(session, store::Scope{*tenant}, *key, SystemClock{}.now_ms());
    });
    if (!revoked)
        return fail(Error{Code::not_found, "the tenant has no such key, or it was revoked before", "key"});
    std::printf("revoked; a running server may accept it for five more seconds\n");
    return 0;
}

}  // namespace dakiya::app
