#include "api/router.hpp"

#include <algorithm>
#include <set>
#include <stdexcept>

#include <spdlog/spdlog.h>

#include "api/idempotency.hpp"
#include "api/input.hpp"
#include "api/problem.hpp"
#include "base/text.hpp"
#include "plugin/schema.hpp"
#include "store/db.hpp"

namespace dakiya::api {

namespace {

Response failed(const std::string& request_id) {
    return problem(500, "internal", {{}, "the server failed; the log has this request's id", ""}, request_id);
}

// Providers repeat a webhook that is answered so, and clients may.
Response database_away(const std::string& request_id) {
    return problem({Code::unavailable, "the database cannot be reached just now; try again", ""}, request_id);
}

std::vector<std::string> split(std::string_view path) {
    std::vector<std::string> segments;
    if (!path.empty() && path.front() == '/') path.remove_prefix(1);
    for (;;) {
        const std::size_t slash = path.find('/');
        segments.emplace_back(path.substr(0, slash));
        if (slash == std::string_view::npos) return segments;
        path.remove_prefix(slash + 1);
    }
}

bool is_parameter(const std::string& segment) { return !segment.empty() && segment.front() == '{'; }

using Params = std::vector<std::pair<std::string, std::string>>;

bool matches(const std::vector<std::string>& pattern, const std::vector<std::string>& path, Params& params) {
    if (pattern.size() != path.size()) return false;
    params.clear();
    for (std::size_t i = 0; i < pattern.size(); ++i) {
        if (is_parameter(pattern[i])) {
            if (path[i].empty()) return false;
            params.emplace_back(pattern[i].substr(1, pattern[i].size() - 2), path[i]);
        } else if (pattern[i] != path[i]) {
            return false;
        }
    }
    return true;
}

// HEAD is answered by the GET route; the server leaves the body out.
bool answers(const Route& route, const std::string& method) {
    return route.method == method || (method == "HEAD" && route.method == "GET");
}

// What every answer carries, a refusal of the head or of the body's size too.
Response complete(Response response, const std::string& request_id) {
    response.headers.push_back({"X-Request-Id", request_id});
    response.headers.push_back({"X-Content-Type-Options", "nosniff"});
    response.headers.push_back({"Cache-Control", "no-store"});
    return response;
}

void check_table(const Routes& routes) {
    std::set<std::string> places, names;
    for (const Route& route : routes) {
        std::string place = route.method;
        for (const std::string& segment : split(route.path))
            place += '/' + (is_parameter(segment) ? std::string("{}") : segment);
        if (!places.insert(place).second) throw std::logic_error("two routes for " + place);
        if (!names.insert(route.name).second) throw std::logic_error("two routes are named " + route.name);
        for (const Json* schema : {&route.query, &route.body}) {
            if (schema->is_null()) continue;
            if (auto checked = plugin::check_schema(*schema); !checked)
                throw std::logic_error("schema of " + route.name + ": " + checked.error().field + ": " +
                                       checked.error().text);
        }
    }
}

}  // namespace

struct Router::Match {
    const Route* route = nullptr;
    Params params;
};

Router::Router(Routes routes, Identify identify, Idempotency& idempotency)
    : routes_(std::move(routes)), identify_(std::move(identify)), idempotency_(idempotency) {
    check_table(routes_);
    for (const Route& route : routes_) patterns_.push_back(split(route.path));
}

std::variant<Router::Match, Response> Router::match(const Request& request) const {
    std::vector<std::string> path;
    for (const std::string& segment : split(request.path)) {
        auto decoded = percent_decode(segment, false);
        if (!decoded || !valid_utf8(*decoded) || decoded->find('\0') != std::string::npos)
            return problem(400, "malformed", invalid("", "the path is not percent-encoded UTF-8"),
                           request.id);
        path.push_back(std::move(*decoded));
    }
    std::set<std::string> allowed;
    Params params;
    for (std::size_t i = 0; i < routes_.size(); ++i) {
        if (!matches(patterns_[i], path, params)) continue;
        if (answers(routes_[i], request.method)) return Match{&routes_[i], std::move(params)};
        allowed.insert(routes_[i].method);
        if (routes_[i].method == "GET") allowed.insert("HEAD");
    }
    if (allowed.empty())
        return problem({Code::not_found, "there is nothing at this address; see /openapi.json", ""},
                       request.id);
    std::string list;
    for (const std::string& method : allowed) list += (list.empty() ? "" : ", ") + method;
    Response response =
        problem(405, "method_not_allowed", invalid("", "this address answers to " + list), request.id);
    response.headers.push_back({"Allow", list});
    return response;
}

std::variant<Caller, Response> Router::authorise(const Request& request, const Route& route) const {
    if (route.permission == Permission::none) return Caller{};
    auto caller = identify_(request);
    if (!caller) return problem(caller.error(), request.id);
    if (!caller->may(route.permission))
        return problem(
            {Code::forbidden,
             "this API key lacks the permission \"" + std::string(to_string(route.permission)) + "\"", ""},
            request.id);
    return *std::move(caller);
}

std::variant<Allowance, Response> Router::admit(const Request& head) {
    try {
        auto matched = match(head);
        if (auto* refusal = std::get_if<Response>(&matched)) return complete(std::move(*refusal), head.id);
        const Route& route = *std::get<Match>(matched).route;
        auto caller = authorise(head, route);
        if (auto* refusal = std::get_if<Response>(&caller)) return complete(std::move(*refusal), head.id);
        return Allowance{route.most_body};
    } catch (const std::exception& error) {
        spdlog::error("request {}: {}", head.id, error.what());
        return complete(failed(head.id), head.id);
    }
}

Response Router::handle(Request& request) {
    Response response;
    try {
        response = serve(request);
    } catch (const store::DbError& error) {
        spdlog::error("request {}: {}", request.id, error.what());
        response = error.passing() ? database_away(request.id) : failed(request.id);
    } catch (const std::exception& error) {
        spdlog::error("request {}: {}", request.id, error.what());
        response = failed(request.id);
    }
    return complete(std::move(response), request.id);
}

Response Router::refuse(const Request& request, int status, const Error& error) {
    const std::string_view code = status == 400   ? "malformed"
                                  : status == 413 ? "too_large"
                                  : status == 431 ? "head_too_large"
                                                  : word_of(error.code);
    return complete(problem(status, code, error, request.id), request.id);
}

Response Router::serve(Request& request) {
    auto matched = match(request);
    if (auto* refusal = std::get_if<Response>(&matched)) return std::move(*refusal);
    auto& [route, params] = std::get<Match>(matched);
    auto caller = authorise(request, *route);
    if (auto* refusal = std::get_if<Response>(&caller)) return std::move(*refusal);
    if (!request.file && request.body.size() > route->most_body)
        return problem(
            {Code::too_large,
             "the body is larger than the " + std::to_string(route->most_body) + " bytes allowed here", ""},
            request.id);

    std::variant<Json, Findings> query = Json();
    if (!route->free_query) query = read_query(request, route->query);
    if (const auto* findings = std::get_if<Findings>(&query)) return problem(*findings, request.id);
    auto body = read_body(request, *route);
    if (const auto* bad = std::get_if<BadSyntax>(&body))
        return problem(bad->status, bad->code, bad->error, request.id);
    if (const auto* findings = std::get_if<Findings>(&body)) return problem(*findings, request.id);

    Call call{request,
              std::get<Caller>(std::move(caller)),
              std::move(params),
              std::get<Json>(std::move(query)),
              std::get<Json>(std::move(body)),
              nullptr};
    if (route->method == "POST" && route->permission != Permission::none && route->remembers)
        return run_once(call, *route);
    bool nothing_done = false;
    return run(call, *route, nothing_done);
}

Response Router::run_once(Call& call, const Route& route) {
    bool nothing_done = false;
    const auto key = idempotency_key(call.request);
    if (!key) return problem(key.error(), call.request.id);
    if (!*key) return run(call, route, nothing_done);

    if (route.keeps_its_answer) {
        const auto once = idempotency_.once(call.caller, **key, call.request);
        call.once = once.get();
        Response response = run(call, route, nothing_done);
        return once->settle(std::move(response), nothing_done);
    }
    auto begun = idempotency_.begin(call.caller, **key, call.request);
    if (auto* stored = std::get_if<Response>(&begun)) return std::move(*stored);
    const auto& mark = std::get<Idempotency::Begun>(begun);
    Response response = run(call, route, nothing_done);
    if (nothing_done)
        idempotency_.forget(call.caller, **key, mark);
    else
        idempotency_.finish(call.caller, **key, mark, response);
    return response;
}

// nothing_done: a passing refusal, which the same key may try again. After an exception nobody knows, so
// the 500 is remembered like any other answer.
Response Router::run(Call& call, const Route& route, bool& nothing_done) const {
    try {
        auto result = route.run(call);
        if (result) return *std::move(result);
        nothing_done = result.error().code == Code::unavailable || result.error().code == Code::too_many;
        return problem(result.error(), call.request.id);
    } catch (const JsonError& error) {
        // A handler read a member that its schema should have promised: ours, not the client's.
        spdlog::error("request {} ({}): its schema let pass: {}", call.request.id, route.name, error.what());
    } catch (const store::DbError& error) {
        spdlog::error("request {} ({}): {}", call.request.id, route.name, error.what());
        if (error.passing()) return database_away(call.request.id);
    } catch (const std::exception& error) {
        spdlog::error("request {} ({}): {}", call.request.id, route.name, error.what());
    }
    return failed(call.request.id);
}

}  // namespace dakiya::api
