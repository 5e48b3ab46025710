// A template with a picture in its header, from a file of ours to a message that is sent with it.
#include "funnel.hpp"

using namespace blackbox;
using namespace std::chrono_literals;

namespace {

std::string add_file(const World& world, const std::string& bytes, const std::string& type) {
    const Answer made =
        world.api().ask("POST", "/v1/media?filename=big%20sale.png", bytes, {{"Content-Type", type}});
    INFO(made.body);
    REQUIRE(made.status == 201);
    return made.json().at("id");
}

std::string picture(std::size_t size) {
    std::string bytes = "\x89PNG\r\n\x1a\n";
    while (bytes.size() < size) bytes += static_cast<char>(bytes.size() * 37 % 251);
    return bytes;
}

Json with_header(const std::string& name, const std::string& format, const std::string& file) {
    return Json{
        {"name", name},
        {"language", "en_US"},
        {"category", "marketing"},
        {"components",
         Json::array({Json{{"type", "HEADER"}, {"format", format}, {"example", Json{{"media", file}}}},
                      Json{{"type", "BODY"}, {"text", "Today only."}}})}};
}

// What the provider has been handed in, under that name; null when nothing.
Json handed_in(World& world, const std::string& name) {
    for (const Json& made : world.sim().control().get("/config").at("meta").at("templates"))
        if (made.at("name").text() == name) return made;
    return {};
}

}  // namespace

TEST_CASE("a template with a picture in its header is made from here and sent") {
    World world(GENERATE_REF(from_range(dialects())));
    const std::string meta = world.connect("meta");
    const std::string path = "/v1/connections/" + meta + "/templates";
    const std::string file = add_file(world, picture(300'000), "image/png");

    const Json made = world.api().post(path, with_header("big_sale", "IMAGE", file), 201);
    REQUIRE(made.at("status").text() == "pending");
    const Json theirs = handed_in(world, "big_sale");
    const Json& example = theirs.at("components").at(std::size_t{0}).at("example");
    REQUIRE(example.size() == 1);
    REQUIRE(example.at("header_handle").at(std::size_t{0}).text().starts_with("4:"));
    world.sim().require_no_complaints();

    // Meta says yes, and the picture goes out with a message.
    Json templates = world.sim().control().get("/config").at("meta").at("templates");
    for (Json& one : templates.items())
        if (one.at("name").text() == "big_sale") one.set("status", "APPROVED");
    world.sim().configure(Json{{"meta", Json{{"templates", templates}}}});
    world.sync_templates(meta);
    world.api().post("/v1/messages",
                     Json{{"connection", meta},
                          {"to", "+919899999999"},
                          {"content", Json{{"kind", "template"},
                                           {"template", Json{{"name", "big_sale"}, {"language", "en_US"}}},
                                           {"variables", Json{{"header.media", file}}}}}},
                     202);
    wait_until("the message", 30s, [&] { return world.sim().accepted("meta") == 1; });
    world.sim().require_no_complaints();
    REQUIRE(world.stop() == 0);
}

TEST_CASE("a template whose file cannot go along is refused, and nothing is made at the provider") {
    World world(Dialect::sqlite);
    const std::string meta = world.connect("meta");
    const std::string path = "/v1/connections/" + meta + "/templates";
    const std::string large = add_file(world, picture((5U << 20U) + 1), "image/png");
    const std::string small = add_file(world, picture(1'000), "image/png");

    const auto refused = [&](const std::string& where, const std::string& file, const std::string& format,
                             int status, const std::string& part) {
        const Answer answer = world.api().ask("POST", where, with_header("not_made", format, file).dump(),
                                              {{"Content-Type", "application/json"}});
        INFO(answer.body);
        REQUIRE(answer.status == status);
        REQUIRE(answer.json().at("detail").text().find(part) != std::string::npos);
    };
    refused(path, large, "IMAGE", 422, "5 MB at most; \"big sale.png\" is image/png and has 5242881 bytes");
    refused(path, small, "VIDEO", 422, "is image/png");
    refused(path, "med_0000000000001", "IMAGE", 422, "there is no file");

    const std::string twilio = world.connect("twilio");
    refused("/v1/connections/" + twilio + "/templates", small, "IMAGE", 422,
            "Twilio takes no file from here");

    world.api().ask("PATCH", "/v1/connections/" + meta, R"({"settings":{"app_id":null}})",
                    {{"Content-Type", "application/json"}});
    refused(path, small, "IMAGE", 422, "fill in the App's ID");
    REQUIRE(handed_in(world, "not_made").is_null());
    world.sim().require_no_complaints();
    REQUIRE(world.stop() == 0);
}
