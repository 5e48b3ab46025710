// One tenant's things do not exist for another: every route with an id, taken from /openapi.json.
#include "customers.hpp"
#include "world.hpp"

using namespace blackbox;
using namespace std::chrono_literals;

namespace {

// Ids of the first tenant, by the name of the parameter that takes them.
std::map<std::string, std::string> belongings(World& world) {
    const Client& api = world.api();
    std::map<std::string, std::string> ids;
    const Json job = world.import(make_customers(3, 1).csv);
    ids["import"] = job.at("id").text();
    ids["contact"] = api.get("/v1/contacts").at("items").at(0).at("id").text();
    ids["connection"] = world.connect("meta");
    world.sync_templates(ids["connection"]);
    ids["template"] = api.get("/v1/templates").at("items").at(0).at("id").text();
    ids["campaign"] = api.post("/v1/campaigns",
                               Json{{"name", "Mine"},
                                    {"connection", ids["connection"]},
                                    {"content", order_update()},
                                    {"audience", Json{{"all", true}}}},
                               201)
                          .at("id")
                          .text();
    ids["message"] = api.post("/v1/messages",
                              Json{{"connection", ids["connection"]},
                                   {"to", "9899999999"},
                                   {"content", Json{{"kind", "text"}, {"text", "Hi"}}}},
                              202)
                         .at("id")
                         .text();
    ids["otp"] = api.post("/v1/otp",
                          Json{{"connection", ids["connection"]},
                               {"to", "9877777777"},
                               {"content", Json{{"kind", "text"}, {"text", "Your code: {{code}}"}}}},
                          202)
                     .at("id")
                     .text();
    ids["media"] = api.ask("POST", "/v1/media", "%PDF-1.7 mine", {{"Content-Type", "application/pdf"}})
                       .json()
                       .at("id")
                       .text();
    api.post("/v1/suppressions", Json{{"channel", "sms"}, {"address", "+919888888888"}}, 201);
    ids["channel"] = "sms";
    ids["address"] = "%2B919888888888";
    return ids;
}

// "/v1/contacts/{contact}" → "/v1/contacts/cnt_…". Empty when no part of it is somebody's.
std::string filled(const std::string& pattern, const std::map<std::string, std::string>& ids) {
    std::string path;
    bool owned = false;
    for (std::size_t at = 0; at < pattern.size();) {
        if (pattern[at] != '{') {
            path += pattern[at++];
            continue;
        }
        const std::size_t end = pattern.find('}', at);
        const std::string name = pattern.substr(at + 1, end - at - 1);
        if (name == "provider") return {};  // every tenant's
        INFO("the parameter {" << name << "} of " << pattern << " is not known to this test");
        REQUIRE(ids.contains(name));
        path += ids.at(name);
        owned = true;
        at = end + 1;
    }
    return owned ? path : std::string();
}

bool needs_no_key(const Json& operation) {
    const Json* security = operation.find("security");
    return security && security->empty();
}

// Something that passes the schema of a change.
std::string body_for(const std::string& method, const std::string& pattern) {
    if (method == "PATCH") return R"({"name":"Stolen"})";
    if (pattern.ends_with("/resolve")) return R"({"as":"sent"})";
    if (method != "POST") return "";
    if (pattern.ends_with("/templates")) return R"({"name":"stolen","language":"en"})";
    if (pattern.ends_with("/verify")) return R"({"code":"123456"})";
    for (const char* end : {"/retry", "/read", "/resend"})
        if (pattern.ends_with(end)) return "{}";
    return "";
}

}  // namespace

TEST_CASE("another tenant's key finds nothing of the first, by no route") {
    World world(GENERATE_REF(from_range(dialects())));
    const auto ids = belongings(world);
    const std::string other_tenant = world.create_tenant("Other");
    const Client other = world.api_as(world.create_key(other_tenant, "read send manage admin"));

    int tried = 0;
    for (const auto& [pattern, operations] : world.api().get("/openapi.json").at("paths").members()) {
        for (const auto& [word, operation] : operations.members()) {
            std::string method = word;
            for (char& c : method) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
            if (needs_no_key(operation)) continue;
            std::string path = filled(pattern, ids);
            if (path.ends_with("/options")) path += "?field=x";
            if (path.empty()) {
                if (method != "GET" || pattern.find('{') != std::string::npos) continue;
                const Answer list = other.ask("GET", pattern);
                INFO("GET " << pattern << ' ' << list.body.substr(0, 300));
                REQUIRE(list.status == 200);
                const Json seen = list.json();
                if (pattern != "/v1/providers" && seen.contains("items")) REQUIRE(seen.at("items").empty());
                continue;
            }
            const Answer answer = other.ask(method, path, body_for(method, pattern));
            INFO(method << ' ' << path << " → " << answer.status << ' ' << answer.body.substr(0, 300));
            REQUIRE(answer.status == 404);
            ++tried;
        }
    }
    REQUIRE(tried >= 20);

    // Nor as a part of something of its own.
    const Json hi{{"kind", "text"}, {"text", "Hi"}};
    const Json all{{"all", true}};
    for (const auto& [path, body] :
         {std::pair<std::string, Json>{
              "/v1/messages",
              Json{{"connection", ids.at("connection")}, {"to", "9812345678"}, {"content", hi}}},
          {"/v1/campaigns",
           Json{{"name", "x"}, {"connection", ids.at("connection")}, {"content", hi}, {"audience", all}}}}) {
        const Answer answer = other.ask("POST", path, body.dump());
        INFO(path << ' ' << answer.body);
        REQUIRE((answer.status == 404 || answer.status == 422));
    }

    // And the first tenant still has everything.
    for (const char* kind : {"contact", "connection", "campaign", "message", "import", "template"})
        world.api().get("/v1/" + std::string(kind) + "s/" + ids.at(kind));
    REQUIRE(world.api().get("/v1/campaigns/" + ids.at("campaign")).at("name").text() == "Mine");
    REQUIRE(world.api().get("/v1/suppressions").at("items").size() == 1);
    REQUIRE(world.api().ask("GET", "/v1/media/" + ids.at("media") + "/content").body == "%PDF-1.7 mine");
}

TEST_CASE("the contacts of another tenant are nobody in an audience") {
    World world(Dialect::sqlite);
    world.import(make_customers(3).csv);
    const std::string theirs = world.api().get("/v1/contacts").at("items").at(0).at("id");
    const Client other =
        world.api_as(world.create_key(world.create_tenant("Other"), "read send manage admin"));
    const std::string connection =
        other.post("/v1/connections", Json{{"provider", "sandbox"}, {"settings", Json::object()}}, 201)
            .at("id");
    const std::string campaign = other
                                     .post("/v1/campaigns",
                                           Json{{"name", "x"},
                                                {"connection", connection},
                                                {"content", Json{{"kind", "text"}, {"text", "Hi"}}},
                                                {"audience", Json{{"contacts", Json::array({theirs})}}}},
                                           201)
                                     .at("id");
    other.post("/v1/campaigns/" + campaign + "/send", Json::object(), 409);
}
