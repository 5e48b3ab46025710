#include "send/credentials.hpp"

#include <utility>

#include <spdlog/spdlog.h>

#include "send/ask.hpp"
#include "store/credentials.hpp"

namespace dakiya::send {

namespace {

constexpr std::int64_t lease_ms = 60'000;  // longer than a login may take
constexpr Millis look_again{200};          // while another server has the lease
constexpr int most_looks = 150;
constexpr Millis rest{10'000};  // after a failure

std::string lease_name(Id connection) { return "authorize:" + std::to_string(connection); }

security::Place place_of(const Credential::Owner& owner) {
    return {owner.tenant, "credentials", "credential", owner.connection};
}

void add_texts(const Json& json, net::Redactor& redactor, std::vector<net::Redactor::Handle>& handles) {
    if (json.is_string()) handles.push_back(redactor.add(json.text()));
    if (json.is_array())
        for (const Json& item : json) add_texts(item, redactor, handles);
    if (json.is_object())
        for (const auto& [name, value] : json.members()) add_texts(value, redactor, handles);
}

// Of an `authorize` that ended without a credential.
NoCredential reason(const Ended& ended) {
    using How = Ended::How;
    if (const Json* account = record_of(ended.records, "account"); account && !account->value("ok", true))
        return {domain::parse_class(account->value("class", "auth")), account->value("text", "")};
    if (ended.how == How::finished) return {};
    const auto cls = ended.how == How::fault ? domain::Class::plugin : domain::Class::provider;
    return {cls, ended.text.empty() ? "the provider's login failed" : ended.text};
}

}  // namespace

bool Credential::usable(const Held& held) const {
    return !held.json.empty() && (held.expires_at == 0 || parts_.clock.now_ms() < held.expires_at);
}

bool Credential::renewable(const Held& held) const {
    const std::int64_t life = held.expires_at - held.issued_at;
    return held.expires_at != 0 && parts_.clock.now_ms() >= held.issued_at + life / 5 * 4;
}

std::string Credential::current() const {
    const std::lock_guard lock(mutex_);
    return usable(held_) ? held_.json : std::string();
}

bool Credential::due() const {
    const std::lock_guard lock(mutex_);
    return usable(held_) && renewable(held_);
}

void Credential::renew(const std::string& refused, Ways ways, Done done) {
    std::unique_lock lock(mutex_);
    if (usable(held_) && held_.json != refused) {
        lock.unlock();
        return done(nullptr);
    }
    if (!flying_ && parts_.clock.steady() < resting_until_) {
        const NoCredential why = failure_;
        lock.unlock();
        return done(&why);
    }
    waiting_.push_back(std::move(done));
    if (!refused.empty()) refused_ = refused;
    if (std::exchange(flying_, true)) return;
    lock.unlock();
    const auto work = ways.work;
    work([self = shared_from_this(), ways = std::move(ways)] { self->look(ways, 0); });
}

// In the store first: another server may have asked for it already.
void Credential::look(const Ways& ways, int tries) try {
    std::optional<store::Lease> lease;
    std::optional<store::Credential> row;
    const std::int64_t now = parts_.clock.now_ms();
    parts_.writer.run([&](store::Session& session) {
        lease =
            store::leases::acquire(session, lease_name(owner_.connection), parts_.node, now, now + lease_ms);
        row = store::credentials::find(session, store::Scope{owner_.tenant}, owner_.connection);
    });
    std::string refused;
    {
        const std::lock_guard lock(mutex_);
        refused = refused_;
    }
    auto stored = row ? open(row->sealed, row->expires_at) : std::nullopt;
    if (stored && usable(*stored) && stored->json != refused && !renewable(*stored)) {
        if (lease) parts_.writer.run([&](store::Session& s) { store::leases::release(s, *lease); });
        return finish(std::move(stored), {});
    }
    const auto self = shared_from_this();
    if (lease)
        return ways.authorize([self, lease = *lease, work = ways.work](Ended ended) {
            work([self, lease, ended = std::move(ended)] { self->landed(lease, ended); });
        });
    if (tries >= most_looks)
        return finish({}, {domain::Class::provider, "another server's login at the provider does not end"});
    ways.after(look_again,
               [self, ways, tries] { ways.work([self, ways, tries] { self->look(ways, tries + 1); }); });
} catch (const std::exception& error) {  // on a worker, where nothing may escape
    spdlog::error("the credential of connection {} cannot be read: {}", owner_.connection, error.what());
    finish({}, {domain::Class::provider, "the store of credentials cannot be reached"});
}

// Nothing for one of other settings, or under a master key that is gone: then there is none.
std::optional<Credential::Held> Credential::open(const std::string& sealed, std::int64_t expires_at) const {
    const auto text = parts_.vault.open(place_of(owner_), sealed);
    if (!text) return std::nullopt;
    const Json json = Json::parse(*text);
    if (json.at("version").integer() != owner_.version) return std::nullopt;
    return hold(json.at("credential").dump(), json.at("issued_at").integer(), expires_at);
}

Credential::Held Credential::hold(std::string json, std::int64_t issued_at, std::int64_t expires_at) const {
    Held held;
    add_texts(Json::parse(json), parts_.redactor, held.secrets);
    held.json = std::move(json);
    held.issued_at = issued_at;
    held.expires_at = expires_at;
    return held;
}

void Credential::landed(const store::Lease& lease, const Ended& ended) try {
    const Json* record = ended.how == Ended::How::finished ? record_of(ended.records, "credential") : nullptr;
    if (!record) {
        parts_.writer.run([&](store::Session& session) { store::leases::release(session, lease); });
        return finish({}, reason(ended));
    }
    Held held = hold(record->dump(), parts_.clock.now_ms(), record->value("expires_at", std::int64_t{0}));
    save(lease, held);
    finish(std::move(held), {});
} catch (const std::exception& error) {
    spdlog::error("the credential of connection {} cannot be stored: {}", owner_.connection, error.what());
    finish({}, {domain::Class::provider, "the store of credentials cannot be reached"});
}

void Credential::save(const store::Lease& lease, const Held& held) {
    const Json json{
        {"version", owner_.version}, {"issued_at", held.issued_at}, {"credential", Json::parse(held.json)}};
    const auto sealed = parts_.vault.seal(place_of(owner_), json.dump());
    if (!sealed) throw std::runtime_error(sealed.error().text);
    parts_.writer.run([&](store::Session& session) {
        // A server that slept through its lease must not put its own over a newer one.
        if (!store::leases::holds(session, lease)) return;
        store::credentials::save(session, store::Scope{owner_.tenant},
                                 {owner_.connection, *sealed, held.expires_at});
        store::leases::release(session, lease);
    });
}

void Credential::finish(std::optional<Held> held, const NoCredential& why) {
    std::vector<Done> waiting;
    const bool got = held.has_value();
    {
        const std::lock_guard lock(mutex_);
        if (got) {
            held_ = *std::move(held);
        } else {
            failure_ = why;
            resting_until_ = parts_.clock.steady() + rest;
        }
        refused_.clear();
        flying_ = false;
        waiting = std::exchange(waiting_, {});
    }
    for (const Done& done : waiting) done(got ? nullptr : &why);
}

std::shared_ptr<Credential> Credentials::of(const Credential::Owner& owner) {
    const std::lock_guard lock(mutex_);
    Known& known = known_[owner.connection];
    if (known.credential && known.version == owner.version) return known.credential;
    auto made = std::make_shared<Credential>(parts_, owner);
    // Somebody may still work with the settings of before.
    if (!known.credential || owner.version > known.version) known = {owner.version, made};
    return made;
}

}  // namespace dakiya::send
