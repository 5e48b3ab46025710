#include "dakiya/waba.hpp"

#include <catch2/catch.hpp>

using namespace dakiya;

namespace {

Send read(const char* text) { return read_send(Json::parse(text)); }

Json built(const char* text) {
    const Send in = read(text);
    return waba::build_message(in, in.to[0]);
}

Json only_event(const char* text) {
    const std::vector<Event> events = waba::parse_events(Json::parse(text));
    REQUIRE(events.size() == 1);
    return events[0].json();
}

}  // namespace

TEST_CASE("every kind has its Cloud API body") {
    const std::pair<const char*, const char*> table[] = {
        {R"({"kind":"text","text":"see https://a.example","reply_to":"wamid.1","to":[{"address":"+14155550100","ref":"msg_1"}]})",
         R"({"messaging_product":"whatsapp","recipient_type":"individual","to":"+14155550100","type":"text",
             "text":{"body":"see https://a.example","preview_url":true},"context":{"message_id":"wamid.1"},
             "biz_opaque_callback_data":"msg_1"})"},
        {R"({"kind":"media","media":{"type":"document","handle":"99","caption":"c","filename":"a.pdf"},"to":[{"address":"US.13491"}]})",
         R"({"messaging_product":"whatsapp","recipient_type":"individual","recipient":"US.13491","type":"document",
             "document":{"id":"99","caption":"c","filename":"a.pdf"}})"},
        {R"({"kind":"media","media":{"type":"audio","url":"https://a.example/a.ogg"},"to":[{"address":"+14155550100"}]})",
         R"({"messaging_product":"whatsapp","recipient_type":"individual","to":"+14155550100","type":"audio",
             "audio":{"link":"https://a.example/a.ogg"}})"},
        {R"({"kind":"reaction","reaction":{"message_id":"w","emoji":""},"reply_to":"w","to":[{"address":"+14155550100"}]})",
         R"({"messaging_product":"whatsapp","recipient_type":"individual","to":"+14155550100","type":"reaction",
             "reaction":{"message_id":"w","emoji":""}})"},
    };
    for (const auto& [input, expected] : table) CHECK(built(input).dump() == Json::parse(expected).dump());
}

TEST_CASE("a template takes its values where its listing has variables") {
    const Json body = built(R"({"kind":"template","to":[{"address":"+14155550100","params":{
        "1":"Ann\nLee","2":"981","header.handle":"77","button.1":"t/981"}}],
        "template":{"name":"order","language":"en_US","category":"UTILITY","components":[
          {"type":"HEADER","format":"IMAGE"},
          {"type":"BODY","text":"Hi {{1}}, order {{2}} for {{1}}"},
          {"type":"FOOTER","text":"Acme"},
          {"type":"BUTTONS","buttons":[{"type":"QUICK_REPLY","text":"Stop"},{"type":"URL","url":"https://x.example/{{1}}"}]}]}})");
    CHECK(body.at("template").dump() ==
          Json::parse(R"({"name":"order","language":{"code":"en_US"},"components":[
        {"type":"header","parameters":[{"type":"image","image":{"id":"77"}}]},
        {"type":"body","parameters":[{"type":"text","text":"Ann Lee"},{"type":"text","text":"981"}]},
        {"type":"button","sub_type":"url","index":"1","parameters":[{"type":"text","text":"t/981"}]}]})")
              .dump());
}

TEST_CASE("an authentication template gets its code twice") {
    const Json body = built(R"({"kind":"template","to":[{"address":"+14155550100","params":{"1":"123456"}}],
        "template":{"name":"code","language":"en","category":"AUTHENTICATION","components":[
          {"type":"BODY","add_security_recommendation":true},
          {"type":"BUTTONS","buttons":[{"type":"URL","url":"https://www.whatsapp.com/otp/code"}]}]}})");
    const Json& components = body.at("template").at("components");
    CHECK(components.at(0).at("parameters").at(0).at("text") == Json("123456"));
    CHECK(components.at(1).at("sub_type") == Json("url"));
    CHECK(components.at(1).at("parameters").at(0).at("text") == Json("123456"));
}

TEST_CASE("named variables carry their names, and without a listing the values' names decide") {
    const Json body = built(
        R"({"kind":"template","to":[{"address":"+14155550100","params":{"first_name":"Ann","button.0":"x"}}],
        "template":{"name":"hi","language":"en"}})");
    CHECK(body.at("template").at("components").dump() ==
          R"([{"type":"body","parameters":[{"type":"text","text":"Ann","parameter_name":"first_name"}]},)"
          R"({"type":"button","sub_type":"url","index":"0","parameters":[{"type":"text","text":"x"}]}])");
}

TEST_CASE("what Meta would refuse is refused before it is sent, with a sentence and a class") {
    const std::tuple<const char*, const char*, const char*> table[] = {
        {R"({"kind":"media","media":{"type":"image","blob":4},"to":[{"address":"+14155550100"}]})", "content",
         "a file of ours must be uploaded before it is sent"},
        {R"({"kind":"text","text":"Hi","to":[{"address":"4155550100"}]})", "recipient",
         "the recipient must be a number with + and its country code, or a WhatsApp user ID"},
        {R"({"kind":"template","to":[{"address":"+14155550100"}],"template":{"name":"n","language":"en",
             "components":[{"type":"BODY","text":"{{1}}"}]}})",
         "template", "the template needs a value for \"1\""},
    };
    for (const auto& [input, cls, text] : table) {
        try {
            built(input);
            FAIL("not refused: " << input);
        } catch (const waba::Refused& refused) {
            CHECK(refused.error().cls == cls);
            CHECK(refused.error().text == text);
            CHECK(refused.status() == DK_BAD_INPUT);
        }
    }
}

TEST_CASE("one character more than Meta's limit is refused, the limit itself is not") {
    const auto limit = [](const char* what, std::size_t most, const auto& message) {
        INFO(what);
        const auto send = [&](std::size_t length) {
            Json json = message(std::string(length, 'x'));
            json.set("to", Json::array({Json{{"address", "+14155550100"}}}));
            const Send in = read_send(json);
            waba::build_message(in, in.to[0]);
        };
        CHECK_NOTHROW(send(most));
        CHECK_THROWS_WITH(send(most + 1), std::string(what) + " has " + std::to_string(most + 1) +
                                              " characters; WhatsApp allows " + std::to_string(most));
    };
    const auto interactive = [](Json object) {
        return Json{{"kind", "interactive"}, {"interactive", std::move(object)}};
    };
    const auto text = [](const std::string& x) { return Json{{"text", x}}; };
    const auto buttons = [](const std::string& id, const std::string& title) {
        const Json button{{"type", "reply"}, {"reply", Json{{"id", id}, {"title", title}}}};
        return Json{{"buttons", Json::array({button})}};
    };
    const auto rows = [](const std::string& button, const std::string& title, const Json& row) {
        return Json{{"button", button},
                    {"sections", Json::array({Json{{"title", title}, {"rows", Json::array({row})}}})}};
    };
    const Json row{{"id", "r"}, {"title", "t"}}, body = text("b"), one_button = buttons("i", "t");

    limit("the text", 4096, [](const std::string& x) { return Json{{"kind", "text"}, {"text", x}}; });
    limit("the caption", 1024, [](const std::string& x) {
        const Json image{{"type", "image"}, {"url", "https://a.example/a.png"}, {"caption", x}};
        return Json{{"kind", "media"}, {"media", image}};
    });
    limit("the text", 1024, [&](const std::string& x) {
        return interactive({{"type", "button"}, {"body", text(x)}, {"action", one_button}});
    });
    limit("the header", 60, [&](const std::string& x) {
        const Json header{{"type", "text"}, {"text", x}};
        return interactive({{"type", "button"}, {"header", header}, {"body", body}, {"action", one_button}});
    });
    limit("the footer", 60, [&](const std::string& x) {
        return interactive({{"type", "button"}, {"body", body}, {"footer", text(x)}, {"action", one_button}});
    });
    limit("a button's title", 20, [&](const std::string& x) {
        return interactive({{"type", "button"}, {"body", body}, {"action", buttons("i", x)}});
    });
    limit("a button's id", 256, [&](const std::string& x) {
        return interactive({{"type", "button"}, {"body", body}, {"action", buttons(x, "t")}});
    });
    limit("the text", 4096, [&](const std::string& x) {
        return interactive({{"type", "list"}, {"body", text(x)}, {"action", rows("b", "s", row)}});
    });
    limit("the list's button", 20, [&](const std::string& x) {
        return interactive({{"type", "list"}, {"body", body}, {"action", rows(x, "s", row)}});
    });
    limit("a section's title", 24, [&](const std::string& x) {
        return interactive({{"type", "list"}, {"body", body}, {"action", rows("b", x, row)}});
    });
    for (const auto& [field, what, most] :
         {std::tuple{"id", "a row's id", 200}, std::tuple{"title", "a row's title", 24},
          std::tuple{"description", "a row's description", 72}})
        limit(what, static_cast<std::size_t>(most), [&, field = field](const std::string& x) {
            Json longer = row;
            longer.set(field, x);
            return interactive({{"type", "list"}, {"body", body}, {"action", rows("b", "s", longer)}});
        });
    limit("the button's text", 20, [&](const std::string& x) {
        const Json parameters{{"display_text", x}, {"url", "https://a.example"}};
        return interactive(
            {{"type", "cta_url"}, {"body", body}, {"action", Json{{"parameters", parameters}}}});
    });
    limit("the text", 1024, [&](const std::string& x) {
        return interactive({{"type", "location_request_message"}, {"body", text(x)}});
    });
    limit("a card's text", 160, [&](const std::string& x) {
        const Json cards = Json::array({Json{{"body", body}}, Json{{"body", text(x)}}});
        return interactive({{"type", "carousel"}, {"body", body}, {"action", Json{{"cards", cards}}}});
    });
}

TEST_CASE("a new template that Meta would not take is refused before it is asked") {
    const auto refusal = [](const char* component) {
        try {
            waba::new_template({{"name", "n"},
                                {"language", "en"},
                                {"category", "utility"},
                                {"components", Json::array({Json::parse(component)})}});
        } catch (const waba::Refused& refused) {
            return std::string(refused.what());
        }
        return std::string();
    };
    const std::pair<const char*, const char*> table[] = {
        {R"({"type":"HEADER","format":"TEXT","text":"{{1}} {{2}}"})", "the header may have one variable"},
        {R"({"type":"FOOTER","text":"{{1}}"})", "the footer may not have variables"},
        {R"({"type":"FOOTER","code_expiration_minutes":91})", "a code may be valid for 1 to 90 minutes"},
        {R"({"type":"FOOTER","code_expiration_minutes":90})", ""},
        {R"({"type":"BUTTONS","buttons":[{"type":"URL"},{"type":"URL"},{"type":"URL"}]})",
         "a template may have 2 buttons with links"},
        {R"({"type":"BUTTONS","buttons":[{"type":"PHONE_NUMBER","phone_number":"+14155550100"},{"type":"PHONE_NUMBER"}]})",
         "a template may have one button that calls a number"},
        {R"({"type":"BUTTONS","buttons":[{"type":"PHONE_NUMBER","phone_number":"+14155550100 ext. 1234"}]})",
         "a button's number has 22 characters; WhatsApp allows 20"},
        {R"({"type":"BUTTONS","buttons":[{"type":"COPY_CODE"},{"type":"COPY_CODE"}]})",
         "a template may have one button that copies a code"},
        {R"({"type":"BUTTONS","buttons":[{"type":"QUICK_REPLY"},{"type":"URL"},{"type":"QUICK_REPLY"}]})",
         "quick replies must stand together"},
        {R"({"type":"BUTTONS","buttons":[{"type":"URL"},{"type":"QUICK_REPLY"},{"type":"QUICK_REPLY"}]})",
         ""},
    };
    for (const auto& [component, text] : table) CHECK(refusal(component) == text);
}

TEST_CASE("a status carries our reference, times are milliseconds, the error has a class") {
    const Json event = only_event(R"({"entry":[{"id":"1","changes":[{"field":"messages","value":{
        "metadata":{"phone_number_id":"106"},"statuses":[{"id":"wamid.A","status":"failed","timestamp":"1795100009",
        "recipient_id":"14155550100","biz_opaque_callback_data":"msg_1",
        "errors":[{"code":131050,"title":"t","error_data":{"details":"User stopped"}}]}]}}]}]})");
    CHECK(event.dump() ==
          R"({"kind":"status","id":"wamid.A","status":"failed","at":1795100009000,"dedupe":"wamid.A:failed",)"
          R"("ref":"msg_1","address":"+14155550100","sender":"106",)"
          R"("error":{"class":"opted_out","code":"131050","text":"User stopped"}})");
}

TEST_CASE("inbound messages of every type") {
    const std::tuple<const char*, const char*, const char*> table[] = {
        {"text", R"({"body":"hello"})", R"({"kind":"text","text":"hello"})"},
        {"button", R"({"payload":"STOP","text":"Stop"})",
         R"({"kind":"button","button":{"id":"STOP","title":"Stop"}})"},
        {"interactive", R"({"type":"list_reply","list_reply":{"id":"r1","title":"One"}})",
         R"({"kind":"button","button":{"id":"r1","title":"One"}})"},
        {"image", R"({"id":"1003","mime_type":"image/jpeg","caption":"x"})",
         R"({"kind":"image","media":{"type":"image","handle":"1003","mime":"image/jpeg"},"text":"x"})"},
        {"reaction", R"({"message_id":"wamid.B","emoji":"👍"})",
         R"({"kind":"reaction","text":"👍","reply_to":"wamid.B"})"},
        {"location", R"({"latitude":37.5,"longitude":-122.25})",
         R"({"kind":"location","location":{"latitude":37.5,"longitude":-122.25}})"},
    };
    for (const auto& [type, part, expected] : table) {
        CAPTURE(type);
        Json message{{"id", "wamid.I"}, {"from", "14155550100"}, {"timestamp", "1795100000"}, {"type", type}};
        message.set(type, Json::parse(part));
        const Json body{
            {"messages", Json::array({message})},
            {"contacts", Json::array({Json{{"wa_id", "14155550100"}, {"profile", Json{{"name", "Ann"}}}}})}};
        const std::vector<Event> events = waba::parse_events(body);
        REQUIRE(events.size() == 1);
        CHECK(events[0].json().at("message") == Json::parse(expected));
        CHECK(events[0].json().at("name") == Json("Ann"));
        CHECK(events[0].json().at("address") == Json("+14155550100"));
    }
}

TEST_CASE("an unknown type is kept whole") {
    const Json event = only_event(
        R"({"messages":[{"id":"w","from":"14155550100","timestamp":"1","type":"hologram","hologram":{"x":1}}]})");
    CHECK(event.at("message").at("kind") == Json("unsupported"));
    CHECK(event.at("message").at("raw").at("hologram").at("x") == Json(1));
}

TEST_CASE("template, quality, preference and account changes") {
    const auto change = [](const char* field, const char* value) {
        const Json body{
            {"entry",
             Json::array(
                 {Json{{"time", 1795100000},
                       {"changes", Json::array({Json{{"field", field}, {"value", Json::parse(value)}}})}}})}};
        const std::vector<Event> events = waba::parse_events(body);
        REQUIRE(events.size() == 1);
        return events[0].json();
    };
    const Json status = change("message_template_status_update",
                               R"({"event":"REJECTED","message_template_id":1689556908129832,
                                   "message_template_name":"n","message_template_language":"en-US","reason":"PROMOTIONAL"})");
    CHECK(status.at("status") == Json("rejected"));
    CHECK(status.at("language") == Json("en_US"));
    CHECK(status.at("id") == Json("1689556908129832"));
    CHECK(status.at("reason") == Json("PROMOTIONAL"));
    const Json quality = change(
        "message_template_status_update",
        R"({"new_quality_score":"YELLOW","message_template_name":"n","message_template_language":"en"})");
    CHECK(quality.at("quality") == Json("yellow"));
    CHECK_FALSE(quality.contains("status"));
    const Json wish =
        change("user_preferences",
               R"({"user_preferences":[{"wa_id":"14155550100","value":"stop","timestamp":1795100000}]})");
    CHECK(wish.at("kind") == Json("consent"));
    CHECK(wish.at("value") == Json("stop"));
    CHECK(change("account_update", R"({"event":"ACCOUNT_VIOLATION"})").at("severity") == Json("error"));
}

TEST_CASE("codes have the class that the engine acts on") {
    const std::pair<int, const char*> table[] = {
        {190, "auth"},        {210, "auth"},       {130429, "throttled"}, {131026, "recipient"},
        {131047, "window"},   {131042, "balance"}, {132001, "template"},  {131049, "policy"},
        {131000, "provider"}, {999999, "other"}};
    for (const auto& [code, cls] : table) CHECK(std::string(waba::map_error(code)) == cls);
    CHECK(waba::read_error(Json{{"code", 131056}}).retry_after_ms == 6000);
    CHECK(waba::read_error(Json{{"code", 131000}}).tries == 3);
    CHECK(waba::read_error(Json{{"code", 131053}}).media == "gone");
}

TEST_CASE("where \"invalid parameter\" has a subcode that names the reason, that one counts") {
    const auto read = [](const char* text) { return waba::read_error(Json::parse(text), 400); };
    const Error refused = read(R"({"code":100,"error_subcode":2388299,"message":"Invalid parameter",
        "error_user_msg":"Variables can't be at the start or end of the template."})");
    CHECK(refused.cls == "template");
    CHECK(refused.code == "2388299");
    CHECK(refused.text == "Variables can't be at the start or end of the template.");
    CHECK(read(R"({"code":100,"error_subcode":33,"message":"Unsupported post request."})").cls == "config");
    CHECK(read(R"({"code":100,"error_subcode":2494010,"message":"x"})").code == "100");
    CHECK(read(R"({"code":131030,"error_subcode":2388299,"message":"x"})").cls == "recipient");
}
