#include "receive/store_intake.hpp"

#include <spdlog/spdlog.h>

#include "dakiya/json.hpp"
#include "security/token.hpp"
#include "store/connections.hpp"
#include "store/webhooks.hpp"

namespace dakiya::receive {

namespace {

constexpr std::size_t url_limit = 2000;  // characters, of the column
constexpr std::int32_t rejected = -4;    // DK_REJECTED (sdk/include/dakiya/abi.h)

plugin::Reply refusal(std::uint32_t status, std::string text) {
    plugin::Reply reply;
    reply.status = status;
    reply.headers.push_back({"content-type", "text/plain; charset=utf-8", false});
    reply.body = std::move(text);
    return reply;
}

// Without the secrets that prove who sent it: they were checked, and nothing that is stored may hold them.
std::string headers_json(const std::vector<plugin::Header>& headers, const net::Redactor& redactor) {
    Json::Array list;
    for (const plugin::Header& header : headers)
        list.push_back(Json::array({header.name, redactor(header.value)}));
    return Json::array(std::move(list)).dump();
}

// The same request again (providers retry, and deliver concurrent copies) has the same hash.
std::string hash_of(const plugin::Inbound& inbound) {
    return security::sha256_hex(inbound.method + '\n' + inbound.url + '\n' + inbound.body);
}

}  // namespace

plugin::Reply StoreIntake::accept(const std::string& provider, Id id, const std::string& token,
                                  const plugin::Inbound& inbound) {
    const auto row =
        parts_.db.read([&](store::Session& session) { return store::connections::find_any(session, id); });
    if (!row || row->provider != provider) return refusal(404, "no such connection");
    const auto connection = parts_.open(*row);
    if (!connection) {
        spdlog::warn("webhook for connection {}: {}", id, connection.error().text);
        return refusal(503, "this connection cannot receive now");
    }
    const plugin::Manifest& manifest = (*connection)->manifest();
    if (!manifest.has_webhook) return refusal(404, "this provider sends no webhooks");
    if (manifest.webhook_auth == "path" && !security::equal_secrets(token, row->webhook_token)) {
        spdlog::warn("webhook for connection {} from {}: wrong token in the path", id, inbound.peer);
        return refusal(401, "wrong token");
    }
    const plugin::Output verified = (*connection)->verify(inbound);
    if (verified.status != 0) {
        spdlog::warn("webhook for connection {} from {}: {}", id, inbound.peer, verified.explanation);
        return refusal(verified.status == rejected ? 401 : 400, "not accepted");
    }
    plugin::Reply answer = verified.respond;
    if (answer.status == 0) answer.status = 200;
    const bool handshake = inbound.method == "GET" && !answer.body.empty();
    if (handshake) return answer;
    if (inbound.url.size() > url_limit) return refusal(414, "the address is too long");

    store::Webhook webhook;
    webhook.id = parts_.ids.next();
    webhook.tenant = row->tenant;
    webhook.connection = id;
    webhook.hash = hash_of(inbound);
    webhook.method = inbound.method;
    webhook.url = inbound.url;
    webhook.headers = headers_json(inbound.headers, parts_.redactor);
    webhook.body = inbound.body;
    webhook.due_at = webhook.received_at = parts_.clock.now_ms();
    batches_.store(std::move(webhook));
    parts_.processor.ring();
    return answer;
}

}  // namespace dakiya::receive
