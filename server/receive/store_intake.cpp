#include "receive/store_intake.hpp"

#include <optional>

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

// What a webhook is answered, as far as its connection says.
struct Judged {
    plugin::Reply answer;
    bool accepted = false;
    std::string why;  // not, for the log; empty: nothing to say
};

Judged judge(const RecentConnection& connection, const std::string& provider, const std::string& token,
             const plugin::Inbound& inbound) {
    const store::Connection& row = connection.row;
    if (row.provider != provider) return {refusal(404, "no such connection"), false, ""};
    if (!connection.plugin)
        return {refusal(503, "this connection cannot receive now"), false, connection.plugin.error().text};
    const plugin::Connection& plugin = **connection.plugin;
    const plugin::Manifest& manifest = plugin.manifest();
    if (!manifest.has_webhook) return {refusal(404, "this provider sends no webhooks"), false, ""};
    const bool by_path =
        plugin::has_path_token(manifest) && security::equal_secrets(token, row.webhook_token);
    if (manifest.webhook_auth == "path" && !by_path)
        return {refusal(401, "wrong token"), false, "wrong token in the path"};
    const bool known = by_path && manifest.webhook_auth == "path_or_signature";
    plugin::Output verified = known ? plugin::Output{} : plugin.verify(inbound);
    if (verified.status != 0)
        return {refusal(verified.status == rejected ? 401 : 400, "not accepted"), false,
                verified.explanation};
    if (verified.respond.status == 0) verified.respond.status = 200;
    return {std::move(verified.respond), true, ""};
}

}  // namespace

plugin::Reply StoreIntake::accept(const std::string& provider, Id id, const std::string& token,
                                  const plugin::Inbound& inbound) {
    auto connection = connections_.recent(id);
    std::optional<Judged> judged;
    if (connection) judged = judge(*connection, provider, token, inbound);
    if (!judged || !judged->accepted) {
        connection = connections_.read(id);
        if (!connection) return refusal(404, "no such connection");
        judged = judge(*connection, provider, token, inbound);
    }
    if (!judged->why.empty())
        spdlog::warn("webhook for connection {} from {}: {}", id, inbound.peer, judged->why);
    const bool handshake = inbound.method == "GET" && !judged->answer.body.empty();
    if (!judged->accepted || handshake) return std::move(judged->answer);
    if (inbound.url.size() > url_limit) return refusal(414, "the address is too long");
    store(connection->row, inbound);
    return std::move(judged->answer);
}

void StoreIntake::store(const store::Connection& to, const plugin::Inbound& inbound) {
    store::Webhook webhook;
    webhook.id = parts_.ids.next();
    webhook.tenant = to.tenant;
    webhook.connection = to.id;
    webhook.hash = hash_of(inbound);
    webhook.method = inbound.method;
    webhook.url = inbound.url;
    webhook.headers = headers_json(inbound.headers, parts_.redactor);
    webhook.body = inbound.body;
    webhook.due_at = webhook.received_at = parts_.clock.now_ms();
    batches_.store(std::move(webhook));
    parts_.processor.ring();
}

}  // namespace dakiya::receive
