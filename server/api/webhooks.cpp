// Webhooks: the door for what providers tell us. Who may come in is the provider's plugin's decision
// (receive/intake.hpp), so these routes need no key and nothing is validated here.
#include <spdlog/spdlog.h>

#include "api/input.hpp"
#include "api/resources.hpp"
#include "base/text.hpp"

namespace dakiya::api {

namespace {

constexpr std::size_t most_body = 4U << 20U;  // WhatsApp sends up to 3 MB

plugin::Inbound inbound_of(Services& services, Call& call) {
    load_body(call.request);
    plugin::Inbound inbound;
    inbound.method = call.request.method;
    inbound.url = services.public_url + call.request.target;
    for (const Header& header : call.request.headers)
        inbound.headers.push_back({header.name, header.value, false});
    inbound.body = std::move(call.request.body);
    inbound.peer = call.request.peer;
    inbound.now_ms = services.clock.now_ms();
    return inbound;
}

// How the answer is framed is the server's business, whatever a plugin says.
bool frames(const std::string& name) {
    for (const char* own : {"content-length", "transfer-encoding", "connection", "keep-alive", "upgrade",
                            "trailer", "te", "date"})
        if (name == own) return true;
    return false;
}

Result<Response> receive(Services& services, Call& call, const std::string& token) {
    auto connection = call.id("connection", prefix::connection);
    if (!connection) return Error{Code::not_found, "there is no such connection", ""};
    const plugin::Reply reply =
        services.intake.accept(call.param("provider"), *connection, token, inbound_of(services, call));
    Response response;
    response.status = reply.status == 0 ? 200 : static_cast<int>(reply.status);
    if (response.status < 200 || response.status > 599) {
        spdlog::error("provider {} answered a webhook with status {}", call.param("provider"), reply.status);
        response.status = 500;
    }
    for (const plugin::Header& header : reply.headers)
        if (!frames(lower_ascii(header.name))) response.headers.push_back({header.name, header.value});
    response.body = reply.body;
    return response;
}

}  // namespace

Routes webhook_routes(Services& services) {
    Routes routes;
    for (const char* method : {"POST", "GET"}) {
        const bool post = std::string_view(method) == "POST";
        Route plain{method,
                    "/webhooks/{provider}/{connection}",
                    Permission::none,
                    post ? "receiveWebhook" : "confirmWebhook",
                    post ? "Takes a provider's events." : "Answers a provider's challenge.",
                    [&services](Call& call) { return receive(services, call, ""); }};
        plain.body_kind = BodyKind::raw;
        plain.free_query = true;
        plain.most_body = most_body;
        Route with_token = plain;
        with_token.path += "/{token}";
        with_token.name += "WithToken";
        with_token.run = [&services](Call& call) { return receive(services, call, call.param("token")); };
        routes.push_back(std::move(plain));
        routes.push_back(std::move(with_token));
    }
    return routes;
}

}  // namespace dakiya::api
