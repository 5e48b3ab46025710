#include "control.hpp"

#include "text.hpp"

#include <optional>

namespace sim {
namespace {

using dakiya::Json;

Reply ok(const Json& body) { return {200, body.dump()}; }
Reply wrong(int status, std::string_view text) { return {status, Json{{"error", text}}.dump()}; }

struct Window {
    std::optional<Provider> provider;
    std::size_t first = 0;
    std::size_t limit = SIZE_MAX;
};

// ?provider=meta&after=N&limit=N, for the lists: entries whose number is above N. JsonError for anything
// else.
Window window(const Request& request) {
    Window window;
    for (const auto& [key, value] : parse_form(request.query)) {
        const bool number = all_digits(value) && value.size() < 16;
        if (key == "provider" && (window.provider = provider_named(value))) continue;
        if (key == "after" && number)
            window.first = std::stoull(value) + 1;
        else if (key == "limit" && number)
            window.limit = std::stoull(value);
        else
            throw dakiya::JsonError("query: use provider=NAME, after=N and limit=N, not " + key + "=" +
                                    value);
    }
    return window;
}

Reply lines(std::string text) { return {200, std::move(text), "application/x-ndjson"}; }

Reply configure(World& world, const Request& request) {
    if (const Fault fault = world.configure(merged(world.document(), Json::parse(request.body))))
        return wrong(400, fault.message());
    return ok(world.document());
}

// A gateway without a contract, for message senders that are not ours: GET /plain?to=919…&text=…
Reply plain(World& world, const Request& request) {
    const Form query = parse_form(request.query);
    const std::string* to = find(query, "to");
    const auto digits = to ? digits_of(*to) : std::nullopt;
    const std::string* text = find(query, "text");
    if (!digits || !text || text->empty()) return {400, "refused: to and text are needed", "text/plain"};
    return {200, "accepted " + std::to_string(world.accept_plain(*digits)), "text/plain"};
}

Reply route(World& world, const ControlHooks& hooks, const Request& request) {
    if (request.path == "/plain") return plain(world, request);
    const std::string call = std::string(request.method) + ' ' + std::string(request.path);
    if (call == "GET /config") return ok(world.document());
    if (call == "POST /config") return configure(world, request);
    if (call == "GET /ledger") {
        const Window w = window(request);
        return lines(world.ledger().lines(w.provider, w.first, w.limit));
    }
    if (call == "GET /ledger/statuses") {
        const Window w = window(request);
        return lines(world.ledger().status_lines(w.provider, w.first, w.limit));
    }
    if (call == "GET /ledger/times") {
        const Window w = window(request);
        return {200, world.ledger().time_lines(w.provider, w.first, w.limit), "text/plain"};
    }
    if (call == "GET /ledger/summary") return ok(world.ledger().summary());
    if (call == "GET /plain/summary") return ok(world.plain_summary());
    if (call == "GET /violations") return ok(world.violations());
    if (call == "GET /webhooks") return ok(hooks.webhooks());
    if (call == "POST /label") {
        world.ledger().set_label(Json::parse(request.body).at("label").text());
        return ok(Json{{"ok", true}});
    }
    if (call == "POST /reset") {
        hooks.reset();
        return ok(Json{{"ok", true}});
    }
    if (call == "POST /inbound") {
        const Json body = Json::parse(request.body);
        if (body.is_array())
            for (const Json& message : body) hooks.inbound(message);
        else
            hooks.inbound(body);
        return ok(Json{{"ok", true}});
    }
    if (call == "POST /handshake") {
        hooks.handshake(request.body.empty() ? Json::object() : Json::parse(request.body));
        return ok(Json{{"ok", true}});
    }
    return wrong(404, "no such call: " + call + "; tests/sim/README.md lists them");
}

}  // namespace

Reply answer_control(World& world, const ControlHooks& hooks, const Request& request) {
    try {
        return route(world, hooks, request);
    } catch (const dakiya::JsonError& error) {
        return wrong(400, error.what());
    }
}

}  // namespace sim
