// From a request to its route's handler and back: match, limit, authorise, validate, remember, run. The
// only wall for exceptions on the way: they become 500 with the request's id, and a line in the log.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "api/http.hpp"
#include "api/idempotency.hpp"
#include "api/route.hpp"

namespace dakiya::api {

using Identify = std::function<Result<Caller>(const Request&)>;

class Router final : public Handler {
public:
    // Throws std::logic_error when two routes cannot be told apart or a schema is not of our subset: the
    // table is code, so this is found by the first start.
    Router(Routes routes, Identify identify, Idempotency& idempotency);

    std::variant<Allowance, Response> admit(const Request& head) override;
    Response handle(Request& request) override;
    Response refuse(const Request& request, int status, const Error& error) override;

    const Routes& routes() const { return routes_; }

private:
    struct Match;

    std::variant<Match, Response> match(const Request& request) const;
    std::variant<Caller, Response> authorise(const Request& request, const Route& route) const;
    Response serve(Request& request);
    Response run_once(Call& call, const Route& route);
    Response run(Call& call, const Route& route, bool& nothing_done) const;

    const Routes routes_;
    const Identify identify_;
    Idempotency& idempotency_;
    std::vector<std::vector<std::string>> patterns_;  // segments of each route, "{name}" for parameters
};

}  // namespace dakiya::api
