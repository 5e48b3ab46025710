#include "api/router.hpp"

#include <map>
#include <stdexcept>

#include <catch2/catch.hpp>

#include "api/openapi.hpp"
#include "api/paging.hpp"
#include "api/problem.hpp"
#include "api/schemas.hpp"

using namespace dakiya;
using namespace dakiya::api;

namespace {

// Remembers in memory; counts what the router asked of it.
class Memory final : public Idempotency {
public:
    std::variant<Begun, Response> begin(const Caller&, const std::string& key, const Request&) override {
        const auto found = stored.find(key);
        if (found == stored.end()) return Begun{};
        return found->second;
    }
    void finish(const Caller&, const std::string& key, const Begun&, const Response& response) override {
        stored.emplace(key, response);
    }
    void forget(const Caller&, const std::string&, const Begun&) override { ++forgotten; }
    std::unique_ptr<Once> once(const Caller&, const std::string&, const Request&) override {
        throw std::logic_error("no route of these keeps its own answer");
    }

    std::map<std::string, Response> stored;
    int forgotten = 0;
};

struct World {
    Memory memory;
    int runs = 0;
    Error fails{Code::conflict, "", ""};  // of POST /v1/things/{thing}/fail
    Router router;

    World() : router(table(), identify, memory) {}

    static Result<Caller> identify(const Request& request) {
        const auto header = request.header("authorization");
        if (header == "Bearer reader") return Caller{{7}, 1, "IN", {Permission::read}};
        if (header == "Bearer admin") return Caller{{7}, 2, "IN", {Permission::admin}};
        return Error{Code::unauthorized, "no key", ""};
    }

    Routes table() {
        const auto count = [this](Call& call) -> Result<Response> {
            ++runs;
            return json_response(200, Json{{"body", call.body}, {"query", call.query}});
        };
        Routes routes;
        routes.push_back({"GET", "/v1/things", Permission::read, "listThings", "Lists.", count,
                          schema::page_query({{"flag", schema::boolean()}})});
        routes.push_back({"POST", "/v1/things", Permission::manage, "createThing", "Creates.", count, Json(),
                          BodyKind::json,
                          schema::object({{"name", schema::text(10, 1)},
                                          {"size", schema::integer(0, 9)},
                                          {"inner", schema::object({{"a", schema::boolean()}})}},
                                         {"name"})});
        routes.push_back({"GET", "/v1/things/{thing}", Permission::read, "getThing", "Reads.",
                          [](Call& call) -> Result<Response> {
                              auto id = call.id("thing", prefix::contact);
                              if (!id) return id.error();
                              return json_response(200, Json{{"id", *id}});
                          }});
        routes.push_back({"POST", "/v1/things/{thing}/fail", Permission::manage, "failThing", "Fails.",
                          [this](Call&) -> Result<Response> { return fails; }});
        routes.push_back({"POST", "/v1/things/{thing}/throw", Permission::manage, "throwThing", "Throws.",
                          [](Call&) -> Result<Response> { throw std::runtime_error("password=hunter2"); }});
        routes.push_back({"POST", "/hooks/{name}", Permission::none, "hook", "Raw.",
                          [](Call& call) -> Result<Response> {
                              return Response{200, {}, call.request.body, {}};
                          },
                          Json(), BodyKind::raw});
        return routes;
    }

    Response ask(const std::string& method, const std::string& path, const std::string& body = "",
                 std::vector<Header> headers = {}) {
        Request request;
        request.method = method;
        request.path = path;
        request.target = path;
        request.body = body;
        request.id = "req1";
        request.headers = {{"authorization", "Bearer admin"}};
        for (Header& header : headers) request.headers.insert(request.headers.begin(), std::move(header));
        request.query = query;
        return router.handle(request);
    }

    std::vector<std::pair<std::string, std::string>> query;
};

Json body_of(const Response& response) { return Json::parse(response.body); }

std::string header_of(const Response& response, const std::string& name) {
    for (const Header& header : response.headers)
        if (header.name == name) return header.value;
    return {};
}

}  // namespace

TEST_CASE("an unknown path is 404, a known one with another method 405 with Allow") {
    World world;
    const Response missing = world.ask("GET", "/v1/nothing");
    CHECK(missing.status == 404);
    CHECK(header_of(missing, "Content-Type") == "application/problem+json");
    CHECK(body_of(missing).at("code").text() == "not_found");
    CHECK(body_of(missing).at("request_id").text() == "req1");
    CHECK(header_of(missing, "X-Request-Id") == "req1");
    const Response method = world.ask("DELETE", "/v1/things");
    CHECK(method.status == 405);
    CHECK(header_of(method, "Allow") == "GET, HEAD, POST");
    CHECK(world.ask("HEAD", "/v1/things").status == 200);
    CHECK(world.ask("GET", "/v1/things/").status == 404);
    CHECK(world.ask("GET", "/v1/%zz").status == 400);
    CHECK(world.ask("GET", "/v1/things/%ff%fe").status == 400);
}

TEST_CASE("keys: none, without the permission, with it") {
    World world;
    CHECK(world.ask("GET", "/v1/things", "", {{"authorization", "Bearer wrong"}}).status == 401);
    CHECK(world.ask("GET", "/v1/things", "", {{"authorization", "Bearer reader"}}).status == 200);
    const Response forbidden =
        world.ask("POST", "/v1/things", R"({"name":"a"})", {{"authorization", "Bearer reader"}});
    CHECK(forbidden.status == 403);
    CHECK(world.ask("POST", "/v1/things", R"({"name":"a"})").status == 200);
    CHECK(world.ask("POST", "/hooks/x", "raw \xff", {{"authorization", ""}}).body == "raw \xff");
}

TEST_CASE("bad bodies are refused by name and no handler runs") {
    World world;
    struct Case {
        std::string body;
        int status;
        std::string field;
    };
    const std::vector<Case> cases = {
        {"", 400, ""},
        {"{", 400, ""},
        {"{\"name\":\"a\"} x", 400, ""},
        {"{\"name\":\"\xff\"}", 400, ""},
        {"{\"name\":\"a\\u0000b\"}", 400, ""},
        {"{\"name\":\"\\ud800\"}", 400, ""},
        {R"({"name":"a","size":1e999})", 400, ""},
        {R"({"name":"a","size":NaN})", 400, ""},
        {R"([])", 422, ""},
        {R"({})", 422, "name"},
        {R"({"name":5})", 422, "name"},
        {R"({"name":"12345678901"})", 422, "name"},
        {R"({"name":"a","size":"1"})", 422, "size"},
        {R"({"name":"a","size":1.5})", 422, "size"},
        {R"({"name":"a","size":10})", 422, "size"},
        {R"({"name":"a","other":1})", 422, "other"},
        {R"({"name":"a","inner":{"b":1}})", 422, "inner.b"},
        {std::string(70, '['), 400, ""},
    };
    for (const Case& c : cases) {
        CAPTURE(c.body);
        const Response response = world.ask("POST", "/v1/things", c.body);
        CHECK(response.status == c.status);
        CHECK(body_of(response).value("field", "") == c.field);
        CHECK_FALSE(body_of(response).at("detail").text().empty());
    }
    CHECK(world.ask("POST", "/v1/things", "name=a", {{"content-type", "text/plain"}}).status == 415);
    CHECK(world.ask("POST", "/v1/things", std::string(2U << 20U, ' ')).status == 413);
    CHECK(world.runs == 0);
    const Response both = world.ask("POST", "/v1/things", R"({"size":"x","other":1})");
    CHECK(body_of(both).at("errors").size() == 3);
}

TEST_CASE("query parameters are typed, checked, and unknown ones refused") {
    World world;
    world.query = {{"limit", "7"}, {"flag", "true"}};
    const Json seen = body_of(world.ask("GET", "/v1/things")).at("query");
    CHECK(seen.at("limit").integer() == 7);
    CHECK(seen.at("flag").boolean());
    using Query = std::vector<std::pair<std::string, std::string>>;
    for (const Query& bad :
         {Query{{"limit", "0"}}, Query{{"limit", "201"}}, Query{{"limit", "x"}}, Query{{"flag", "1"}},
          Query{{"other", "1"}}, Query{{"limit", "1"}, {"limit", "2"}}, Query{{"cursor", "\xff"}}}) {
        world.query = bad;
        CHECK(world.ask("GET", "/v1/things").status == 422);
    }
}

TEST_CASE("ids of another kind or shape are not found") {
    World world;
    CHECK(world.ask("GET", "/v1/things/" + format_id(prefix::contact, 5)).status == 200);
    CHECK(world.ask("GET", "/v1/things/" + format_id(prefix::message, 5)).status == 404);
    CHECK(world.ask("GET", "/v1/things/5").status == 404);
}

TEST_CASE("an exception is a 500 that says nothing of its text") {
    World world;
    const Response response = world.ask("POST", "/v1/things/x/throw");
    CHECK(response.status == 500);
    CHECK(response.body.find("hunter2") == std::string::npos);
    CHECK(body_of(response).at("request_id").text() == "req1");
}

TEST_CASE("the answer of a POST is remembered under its key, passing refusals are not") {
    World world;
    const std::vector<Header> key = {{"idempotency-key", "k1"}};
    CHECK(world.ask("POST", "/v1/things", R"({"name":"a"})", key).status == 200);
    CHECK(world.ask("POST", "/v1/things", R"({"name":"a"})", key).status == 200);
    CHECK(world.runs == 1);
    CHECK(world.ask("POST", "/v1/things", "{", {{"idempotency-key", "k2"}}).status == 400);
    CHECK(world.memory.stored.count("k2") == 0);

    world.fails.code = Code::conflict;
    CHECK(world.ask("POST", "/v1/things/x/fail", "", {{"idempotency-key", "k3"}}).status == 409);
    CHECK(world.memory.stored.count("k3") == 1);
    world.fails.code = Code::unavailable;
    CHECK(world.ask("POST", "/v1/things/x/fail", "", {{"idempotency-key", "k4"}}).status == 503);
    CHECK(world.memory.stored.count("k4") == 0);
    CHECK(world.memory.forgotten == 1);
    CHECK(world.ask("POST", "/v1/things/x/throw", "", {{"idempotency-key", "k5"}}).status == 500);
    CHECK(world.memory.stored.count("k5") == 1);

    CHECK(world.ask("POST", "/v1/things", R"({"name":"a"})", {{"idempotency-key", "a b"}}).status == 422);
    CHECK(world.ask("POST", "/v1/things", R"({"name":"a"})", {{"idempotency-key", ""}}).status == 422);
}

TEST_CASE("a large body is admitted by the route's own limit and only with a key") {
    World world;
    Request head;
    head.method = "POST";
    head.path = "/v1/things";
    CHECK(std::get<Response>(world.router.admit(head)).status == 401);
    head.headers = {{"authorization", "Bearer admin"}};
    CHECK(std::get<Allowance>(world.router.admit(head)).most == 1U << 20U);
    head.path = "/nowhere";
    CHECK(std::get<Response>(world.router.admit(head)).status == 404);
}

TEST_CASE("two routes for one place are refused at start") {
    Memory memory;
    const auto run = [](Call&) -> Result<Response> { return Response{}; };
    const Routes twice = {{"GET", "/v1/{a}", Permission::none, "a", "", run},
                          {"GET", "/v1/{b}", Permission::none, "b", "", run}};
    CHECK_THROWS_AS(Router(twice, World::identify, memory), std::logic_error);
}

TEST_CASE("pages end with a null cursor and go on from the last item shown") {
    const std::vector<int> rows = {9, 8, 7};
    const auto same = [](int row) { return row; };
    const Json first = page_json(Page{0, "", 2}, rows, same, same);
    CHECK(first.at("items").size() == 2);
    const auto next = page_of(Json{{"cursor", first.at("next")}, {"limit", 3}});
    REQUIRE(next);
    CHECK(next->from == 8);
    CHECK(page_json(*next, rows, same, same).at("next").is_null());
    CHECK_FALSE(page_of(Json{{"cursor", "cur_tampered"}}));
}

TEST_CASE("the OpenAPI document has every route with its schemas") {
    World world;
    const Json document = openapi(world.router.routes(), "1.2.3");
    CHECK(document.at("openapi").text() == "3.1.0");
    for (const Route& route : world.router.routes()) {
        std::string method = route.method == "GET" ? "get" : "post";
        const Json& operation = document.at("paths").at(route.path).at(method);
        CHECK(operation.at("operationId").text() == route.name);
        CHECK(operation.at("responses").contains("default"));
        CHECK((operation["security"].is_array() && operation["security"].empty()) ==
              (route.permission == Permission::none));
    }
    const Json& create = document.at("paths").at("/v1/things").at("post");
    const Json& body = create.at("requestBody").at("content").at("application/json").at("schema");
    CHECK(body.at("additionalProperties").boolean() == false);
    CHECK(create.at("parameters").at(0).at("$ref").text() == "#/components/parameters/IdempotencyKey");
    const Json& read = document.at("paths").at("/v1/things/{thing}").at("get");
    CHECK(read.at("parameters").at(0).at("name").text() == "thing");
}
