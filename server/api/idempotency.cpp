#include "api/idempotency.hpp"

#include <algorithm>
#include <array>
#include <fstream>
#include <stdexcept>

#include <Poco/SHA2Engine.h>
#include <spdlog/spdlog.h>

#include "api/problem.hpp"
#include "store/idempotency.hpp"

namespace dakiya::api {

namespace {

constexpr std::int64_t keep_ms = 24LL * 3'600 * 1'000;
// A mark without an answer belongs to a running request, or to one whose server died in it. No handler runs
// longer: what comes from outside is bounded by the time limits of its requests.
constexpr std::int64_t longest_request_ms = 120'000;
constexpr std::size_t stored_body = 60'000;  // a TEXT column holds 65,535 bytes

std::string hash_of(const Request& request) {
    Poco::SHA2Engine hash(Poco::SHA2Engine::SHA_256);
    hash.update(request.method + ' ' + request.target + '\n' + request.body);
    if (request.file) {
        std::ifstream file(request.file->path(), std::ios::binary);
        std::array<char, 65'536> bytes{};
        while (file.read(bytes.data(), bytes.size()) || file.gcount() > 0)
            hash.update(bytes.data(), static_cast<std::size_t>(file.gcount()));
        if (file.bad()) throw std::runtime_error("cannot read " + request.file->path());
    }
    return Poco::DigestEngine::digestToHex(hash.digest());
}

// What is repeated to the client. An answer that is too large to keep is cut down to the id in it.
std::string kept(const Response& response) {
    if (response.body.size() <= stored_body) return response.body;
    return Json{{"id", Json::parse(response.body)["id"]}}.dump();
}

Response replayed(const store::Idempotent& stored) {
    const char* type = stored.status < 400 ? "application/json" : "application/problem+json";
    return {stored.status, {{"Content-Type", type}, {"Idempotent-Replayed", "true"}}, stored.body, {}};
}

// What is answered when the key was used before.
Response instead(const store::Idempotent& found, const Request& request) {
    using State = store::Idempotent::State;
    if (found.state == State::replay) return replayed(found);
    if (found.state == State::mismatch)
        return problem(422, "idempotency_mismatch",
                       invalid("Idempotency-Key",
                               "this Idempotency-Key was used for another request; use a "
                               "new one for every new request"),
                       request.id);
    return problem(
        409, "idempotency_in_progress",
        {Code::conflict,
         "a request with this Idempotency-Key is running, or was cut off; ask again in two minutes",
         "Idempotency-Key"},
        request.id);
}

class StoredOnce final : public Once {
public:
    StoredOnce(store::Writer& writer, std::int64_t now, store::Scope scope, std::string key,
               const Request& request)
        : writer_(writer),
          now_(now),
          scope_(scope),
          key_(std::move(key)),
          request_(request),
          hash_(hash_of(request)) {}

    bool begin(store::Session& session) override {
        instead_.reset();
        finished_ = false;
        const auto found = store::idempotency::find(session, scope_, key_, hash_, now_ - keep_ms);
        if (found.state == store::Idempotent::State::started) return true;
        instead_ = instead(found, request_);
        return false;
    }

    void finish(store::Session& session, const Response& response) override {
        store::idempotency::keep(session, scope_, key_, hash_, response.status, kept(response), now_);
        finished_ = true;
    }

    Response settle(Response response, bool nothing_done) override {
        if (instead_) return *std::move(instead_);
        // After a fault of the machine a repeat finds the answer if the work was done, and else does it.
        if (finished_ || nothing_done || response.status == 429 || response.status >= 500) return response;
        writer_.run([&](store::Session& session) {
            if (begin(session)) finish(session, response);
        });
        return instead_ ? *std::move(instead_) : std::move(response);
    }

private:
    store::Writer& writer_;
    const std::int64_t now_;
    const store::Scope scope_;
    const std::string key_;
    const Request& request_;
    const std::string hash_;
    std::optional<Response> instead_;
    bool finished_ = false;
};

}  // namespace

std::variant<Idempotency::Begun, Response> StoredAnswers::begin(const Caller& caller, const std::string& key,
                                                                const Request& request) {
    const std::string hash = hash_of(request);
    const std::int64_t now = clock_.now_ms();
    store::Idempotent found;
    writer_.run([&](store::Session& session) {
        found = store::idempotency::begin(session, caller.scope, key, hash, now, now - longest_request_ms);
    });
    if (found.state == store::Idempotent::State::started) return Begun{hash};
    return instead(found, request);
}

std::unique_ptr<Once> StoredAnswers::once(const Caller& caller, const std::string& key,
                                          const Request& request) {
    return std::make_unique<StoredOnce>(writer_, clock_.now_ms(), caller.scope, key, request);
}

void StoredAnswers::finish(const Caller& caller, const std::string& key, const Begun& begun,
                           const Response& response) {
    const std::string body = kept(response);
    writer_.run([&](store::Session& session) {
        if (!store::idempotency::finish(session, caller.scope, key, begun.request_hash, response.status,
                                        body))
            spdlog::warn("the mark of an Idempotency-Key was gone before its answer could be kept");
    });
}

void StoredAnswers::forget(const Caller& caller, const std::string& key, const Begun& begun) {
    writer_.run([&](store::Session& session) {
        store::idempotency::abandon(session, caller.scope, key, begun.request_hash);
    });
}

void StoredAnswers::tidy() {
    constexpr int batch = 1'000;
    const std::int64_t before = clock_.now_ms() - keep_ms;
    std::uint64_t gone = batch;
    while (gone == batch)
        writer_.run(
            [&](store::Session& session) { gone = store::idempotency::forget(session, before, batch); });
}

Result<std::optional<std::string>> idempotency_key(const Request& request) {
    const auto header = std::find_if(request.headers.begin(), request.headers.end(),
                                     [](const Header& h) { return h.name == "idempotency-key"; });
    if (header == request.headers.end()) return std::optional<std::string>();
    const std::string& key = header->value;
    const bool visible = std::all_of(key.begin(), key.end(), [](char c) { return c > 0x20 && c < 0x7f; });
    if (key.empty() || key.size() > 128 || !visible)
        return invalid("Idempotency-Key", "an Idempotency-Key has 1 to 128 visible ASCII characters");
    return std::optional<std::string>(key);
}

}  // namespace dakiya::api
