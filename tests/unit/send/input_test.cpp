// The JSON that plugins get as input of `send`.
#include "send/input.hpp"

#include <catch2/catch.hpp>

using namespace dakiya;
using namespace dakiya::send;
using store::Message;

namespace {

Message message(Id id, const std::string& address, const std::string& params = "{}") {
    Message m;
    m.id = id;
    m.address = address;
    m.params = params;
    return m;
}

InputBase base_of(const std::string& content, const std::string& callback = "",
                  const TemplateInfo& info = {}) {
    return input_base(domain::parse_content(Json::parse(content), "content").value(), "whatsapp", "+15550001",
                      info, callback);
}

Json input(const InputBase& base, const std::vector<Message>& to) {
    return Json::parse(send_input(base, to));
}

}  // namespace

TEST_CASE("a text that is the same for everybody is said once") {
    const auto base = base_of(R"({"kind":"text","text":"Hi \"you\"\n","reply_to":"wamid.1","extra":{"a":1}})",
                              "https://d.example/webhooks/x/con_1");
    CHECK_FALSE(base.personal);
    const Json json = input(base, {message(1, "+911"), message(2, "+912")});
    CHECK(json["text"].text() == "Hi \"you\"\n");
    CHECK(json["channel"].text() == "whatsapp");
    CHECK(json["from"].text() == "+15550001");
    CHECK(json["kind"].text() == "text");
    CHECK(json["reply_to"].text() == "wamid.1");
    CHECK(json["extra"]["a"].integer() == 1);
    CHECK(json["callback"].text() == "https://d.example/webhooks/x/con_1");
    CHECK(json["key"].text() == format_id(prefix::message, 1));
    REQUIRE(json["to"].size() == 2);
    CHECK(json["to"].at(std::size_t{1})["address"].text() == "+912");
    CHECK(json["to"].at(std::size_t{1})["ref"].text() == format_id(prefix::message, 2));
    CHECK_FALSE(json["to"].at(std::size_t{1}).contains("text"));
}

TEST_CASE("a personal text is rendered for each recipient") {
    const auto base = base_of(R"({"kind":"text","text":"Hi {{name|there}}"})");
    CHECK(base.personal);
    const auto params = [](const std::string& name) { return Json{{"name", name}}.dump(); };
    const Json json =
        input(base, {message(1, "+911", params("Asha")), message(2, "+912", params("Ravi \"R\""))});
    CHECK(json["text"].text() == "Hi Asha");
    CHECK(json["to"].at(std::size_t{0})["text"].text() == "Hi Asha");
    CHECK(json["to"].at(std::size_t{1})["text"].text() == "Hi Ravi \"R\"");
    CHECK_FALSE(json.contains("callback"));

    const Json alone = input(base, {message(2, "+912", params("Ravi"))});  // needs no text of its own
    CHECK(alone["text"].text() == "Hi Ravi");
    CHECK_FALSE(alone["to"].at(std::size_t{0}).contains("text"));
}

TEST_CASE("a template goes with its description, and each recipient with its variables") {
    TemplateInfo info{"9001", "utility", Json::parse(R"([{"type":"BODY","text":"Hi {{1}}"}])")};
    const auto base = base_of(
        R"({"kind":"template","template":{"name":"order","language":"en"},"variables":{"1":"{{name}}"}})", "",
        info);
    const Json json = input(base, {message(1, "+911", R"({"1":"Asha"})"), message(2, "+912", "")});
    CHECK(json["template"]["name"].text() == "order");
    CHECK(json["template"]["language"].text() == "en");
    CHECK(json["template"]["id"].text() == "9001");
    CHECK(json["template"]["category"].text() == "utility");
    CHECK(json["template"]["components"].at(std::size_t{0})["type"].text() == "BODY");
    CHECK(json["to"].at(std::size_t{0})["params"]["1"].text() == "Asha");
    CHECK(json["to"].at(std::size_t{1})["params"].is_object());
}

TEST_CASE("every other kind carries its body under its name") {
    const auto [kind, content] = GENERATE(values<std::pair<std::string, std::string>>({
        {"media",
         R"({"kind":"media","media":{"type":"image","url":"https://x.example/a.png","caption":"c"}})"},
        {"interactive", R"({"kind":"interactive","interactive":{"type":"button","body":{"text":"b"}}})"},
        {"location", R"({"kind":"location","location":{"latitude":12.5,"longitude":77.5,"name":"n"}})"},
        {"contacts", R"({"kind":"contacts","contacts":[{"name":{"formatted_name":"A"}}]})"},
        {"reaction", R"({"kind":"reaction","reaction":{"message_id":"m","emoji":"+"}})"},
    }));
    const Json json = input(base_of(content), {message(1, "+911")});
    CHECK(json["kind"].text() == kind);
    CHECK(json[kind].dump() == Json::parse(content)[kind].dump());
}

TEST_CASE("a personal caption is rendered, and then a call has one recipient") {
    const auto base = base_of(
        R"({"kind":"media","media":{"type":"image","url":"https://x.example/a.png","caption":"For {{name}}"}})");
    const std::vector<Message> two{message(1, "+911", R"({"name":"Asha"})"),
                                   message(2, "+912", R"({"name":"Ravi"})")};
    CHECK(input(base, two)["media"]["caption"].text() == "For Asha");
    CHECK(batch_size(base, two, 100, true) == 1);
}

TEST_CASE("how many go in one call") {
    const std::string a = R"({"name":"A"})", b = R"({"name":"B"})";
    const std::vector<Message> five{message(1, "+911", a), message(2, "+912", a), message(3, "+913", b),
                                    message(4, "+911", a), message(5, "+915", a)};
    const auto personal = base_of(R"({"kind":"text","text":"Hi {{name}}"})");
    CHECK(batch_size(personal, five, 100, true) == 3);   // +911 is there already
    CHECK(batch_size(personal, five, 100, false) == 2);  // B has another text
    CHECK(batch_size(personal, five, 2, true) == 2);
    CHECK(batch_size(personal, five, 1, true) == 1);
    CHECK(batch_size(personal, {}, 100, true) == 0);
}

TEST_CASE("an e-mail is said once when it is the same for everybody, else it goes alone") {
    const auto same = base_of(R"({"kind":"text","text":"Hi","email":{"subject":"S","html":"<p>Hi</p>"}})");
    const std::vector<Message> two{message(1, "a@example.com", R"({"name":"A & B"})"),
                                   message(2, "b@example.com", R"({"name":"Ravi"})")};
    CHECK(input(same, two)["email"]["subject"].text() == "S");
    CHECK(batch_size(same, two, 100, true) == 2);
    const auto personal =
        base_of(R"({"kind":"text","text":"Hi","email":{"subject":"For {{name}}","html":"<p>{{name}}</p>"}})");
    const Json json = input(personal, {two[0]});
    CHECK(json["text"].text() == "Hi");
    CHECK(json["email"]["subject"].text() == "For A & B");
    CHECK(json["email"]["html"].text() == "<p>A &amp; B</p>");
    CHECK(batch_size(personal, two, 100, true) == 1);
}
