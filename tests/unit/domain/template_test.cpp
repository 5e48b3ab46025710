// Components as the Cloud API lists them:
// https://developers.facebook.com/docs/whatsapp/business-management-api/message-templates/components
#include "domain/template.hpp"

#include <catch2/catch.hpp>

using namespace dakiya;
using namespace dakiya::domain;
using Names = std::vector<std::string>;

TEST_CASE("what a template needs") {
    struct Row {
        std::string components;
        Names names;
    };
    const auto row = GENERATE(values<Row>({
        {"null", {}},
        {"[]", {}},
        {R"([{"type":"BODY","text":"Hello"},{"type":"FOOTER","text":"Bye"}])", {}},
        {R"([{"type":"BODY","text":"Hi {{1}}, order {{2}} for {{1}}"}])", {"1", "2"}},
        {R"([{"type":"body","text":"Hi {{first_name}}"}])", {"first_name"}},
        {R"([{"type":"HEADER","format":"TEXT","text":"News"},{"type":"BODY","text":"x"}])", {}},
        {R"([{"type":"HEADER","format":"TEXT","text":"For {{1}}"},{"type":"BODY","text":"{{1}}"}])",
         {"header", "1"}},
        {R"([{"type":"HEADER","format":"IMAGE","example":{"header_handle":["https://x"]}}])", {"header.url"}},
        {R"([{"type":"HEADER","format":"VIDEO"}])", {"header.url"}},
        {R"([{"type":"HEADER","format":"DOCUMENT"}])", {"header.url"}},
        {R"([{"type":"BUTTONS","buttons":[{"type":"QUICK_REPLY","text":"No"},
              {"type":"URL","url":"https://example.com"},{"type":"URL","url":"https://example.com/{{1}}"},
              {"type":"PHONE_NUMBER","phone_number":"+1"},{"type":"COPY_CODE"}]}])",
         {"button.2", "button.4"}},
        {R"([{"type":"BUTTONS","buttons":[{"type":"QUICK_REPLY","payload":"{{1}}"},{"type":"QUICK_REPLY"}]}])",
         {"button.0"}},
        {R"([{"type":"BODY","text":"{{1}} is your code"},{"type":"BUTTONS","buttons":[{"type":"OTP","otp_type":"COPY_CODE"}]}])",
         {"1", "button.0"}},
    }));
    CAPTURE(row.components);
    const auto names = template_variables(Json::parse(row.components));
    REQUIRE(names.ok());
    CHECK(*names == row.names);
}

TEST_CASE("templates that we cannot fill are refused") {
    CHECK(template_variables(Json::parse(R"([{"type":"HEADER","format":"LOCATION"}])")).error().code ==
          Code::unsupported);
    CHECK(template_variables(Json::parse(R"([{"type":"CAROUSEL","cards":[]}])")).error().code ==
          Code::unsupported);
    CHECK(template_variables(Json::parse(R"([{"type":"BODY","text":7}])")).error().code == Code::invalid);
    CHECK(template_variables(Json::parse(R"({"body":"x"})")).error().code == Code::invalid);
    CHECK(template_variables(Json("x")).error().code == Code::invalid);
    CHECK(template_variables(Json::parse(R"([{"type":"BUTTONS","buttons":"x"}])")).error().code ==
          Code::invalid);
}

TEST_CASE("the variables of a message are those of its template") {
    struct Row {
        Names needed;
        std::map<std::string, std::string> given;
        std::string wrong;  // the field that is refused; empty: none
    };
    const auto row = GENERATE(values<Row>({
        {{}, {}, ""},
        {{"1", "2"}, {{"1", "a"}, {"2", "b"}}, ""},
        {{"1", "2"}, {{"1", "a"}}, "variables.2"},
        {{"1"}, {{"1", "a"}, {"2", "b"}}, "variables.2"},
        {{}, {{"header.url", "x"}}, "variables.header.url"},
        {{"header.url"}, {}, "variables.header.url"},
        {{"header.url"}, {{"header.url", "x"}}, ""},
        {{"header.url"}, {{"header.handle", "x"}}, ""},
        {{"header.url"}, {{"header.url", "x"}, {"header.filename", "a.pdf"}}, ""},
        {{"header.url"}, {{"header.filename", "a.pdf"}}, "variables.header.url"},
        {{"1"}, {{"1", "x"}, {"header.filename", "a.pdf"}}, "variables.header.filename"},
    }));
    Content content;
    content.kind = "template";
    content.template_name = "order";
    content.variables = row.given;
    const auto checked = check_variables(row.needed, content);
    CHECK((checked.ok() ? "" : checked.error().field) == row.wrong);
    if (!checked.ok()) CHECK_THAT(checked.error().text, Catch::Contains("\"order\""));
}
