#include "api/auth.hpp"

#include <spdlog/spdlog.h>

#include "base/text.hpp"
#include "security/token.hpp"
#include "store/keys.hpp"
#include "store/tenants.hpp"

namespace dakiya::api {

namespace {

constexpr Millis cache_time{5'000};
constexpr std::size_t cache_size = 10'000;

Error unauthorized(std::string text) { return {Code::unauthorized, std::move(text), ""}; }

}  // namespace

std::vector<Permission> parse_permissions(std::string_view words) {
    std::vector<Permission> permissions;
    while (!words.empty()) {
        const std::string_view word = words.substr(0, words.find(' '));
        words.remove_prefix(std::min(words.size(), word.size() + 1));
        for (const Permission permission :
             {Permission::read, Permission::send, Permission::manage, Permission::admin})
            if (word == to_string(permission)) permissions.push_back(permission);
    }
    return permissions;
}

Result<Caller> Authenticator::identify(const Request& request) {
    const std::string_view header = trim(request.header("authorization"));
    if (header.empty()) return unauthorized("send an API key: \"Authorization: Bearer dk_live_…\"");
    const std::size_t space = header.find(' ');
    const std::string_view key = space == std::string_view::npos ? "" : trim(header.substr(space));
    if (lower_ascii(header.substr(0, space)) != "bearer" || !security::is_api_key(key))
        return unauthorized("the Authorization header is not \"Bearer \" and an API key");

    const std::string hash = security::sha256_hex(key);
    const Steady now = clock_.steady();
    {
        const std::lock_guard lock(mutex_);
        const auto found = known_.find(hash);
        if (found != known_.end() && now < found->second.until &&
            (found->second.expires_at == 0 || clock_.now_ms() < found->second.expires_at))
            return found->second.caller;
    }
    auto known = look_up(hash);
    if (!known) return known.error();
    known->until = now + cache_time;
    const std::lock_guard lock(mutex_);
    if (known_.size() >= cache_size) known_.clear();
    known_[hash] = *known;
    return known->caller;
}

Result<Authenticator::Known> Authenticator::look_up(const std::string& hash) {
    std::optional<store::ApiKey> key;
    std::optional<store::Tenant> tenant;
    database_.read([&](store::Session& session) {
        key = store::keys::find_by_hash(session, hash);
        tenant = key ? store::tenants::find(session, key->tenant) : std::nullopt;
    });
    const std::int64_t now = clock_.now_ms();
    if (!key || !tenant) return unauthorized("this API key is not known here");
    if (!store::keys::usable(*key, now)) return unauthorized("this API key was revoked or has expired");

    const store::Scope scope{key->tenant};
    writer_.submit(
        [scope, id = key->id, now](store::Session& session) { store::keys::touch(session, scope, id, now); },
        [](const std::exception_ptr& fault) {
            if (fault) spdlog::warn("when an API key was last used could not be noted");
        });
    return Known{
        Caller{scope, key->id, tenant->country, parse_permissions(key->permissions)}, key->expires_at, {}};
}

}  // namespace dakiya::api
