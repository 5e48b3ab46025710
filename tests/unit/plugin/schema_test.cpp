#include "plugin/schema.hpp"

#include <catch2/catch.hpp>

#include "json_words.hpp"

using namespace dakiya;
using namespace dakiya::plugin;

namespace {

const Json body = Json::parse(R"({
  "type": "object", "required": ["name", "to"], "properties": {
    "name": {"type": "string", "minLength": 1, "maxLength": 4},
    "code": {"type": "string", "pattern": "^[0-9]{2,3}$"},
    "site": {"type": "string", "format": "uri"},
    "mail": {"type": "string", "format": "email"},
    "region": {"type": "string", "enum": ["in", "eu"], "default": "in"},
    "host": {"type": "string", "x-show-if": {"region": "eu"}},
    "rate": {"type": "number", "minimum": 0.5, "maximum": 9},
    "count": {"type": "integer", "minimum": 1},
    "on": {"type": "boolean", "default": true},
    "note": {"type": "string", "nullable": true},
    "extra": {"type": "object"},
    "params": {"type": "object", "additionalProperties": {"type": "string"}},
    "to": {"type": "array", "minItems": 1, "maxItems": 2, "items": {
      "type": "object", "required": ["address"], "properties": {
        "address": {"type": "string"}, "tries": {"type": "integer", "default": 3}}}}}})");

// The document with one more member, checked.
std::vector<Error> check(std::string_view member) {
    std::string text = R"({"name":"Asha","to":[{"address":"+91"}])";
    if (!member.empty()) text += "," + std::string(member);
    return validate(body, Json::parse(text + "}"));
}

}  // namespace

TEST_CASE("a value is checked against every keyword, and the finding says where and what") {
    struct Case {
        std::string member, field, text;
    };
    const Case cases[] = {
        {R"("name":7)", "name", "name must be text, found number"},
        {R"("name":"")", "name", "name must not be empty"},
        {R"("name":"Ashok")", "name", "name must have at most 4 characters, has 5"},
        {R"("name":"a\u0000")", "name", "name must not contain the character U+0000"},
        {R"("code":"1")", "code", "code must match ^[0-9]{2,3}$"},
        {R"("code":"12\n")", "code", "code must match ^[0-9]{2,3}$"},
        {R"("site":"ftp://x")", "site", "site is not absolute: it must start with https:// or http://"},
        {R"("site":"https://u:p@x")", "site",
         "site has user info before the host: send credentials as a header"},
        {R"("mail":"asha")", "mail", "mail must be an e-mail address"},
        {R"("mail":"a b@example.com")", "mail", "mail must be an e-mail address"},
        {R"("region":"us")", "region", "region must be one of: in, eu"},
        {R"("rate":0.4)", "rate", "rate must be at least 0.5"},
        {R"("rate":10)", "rate", "rate must be at most 9"},
        {R"("count":1.5)", "count", "count must be a whole number, found a fraction"},
        {R"("count":"1")", "count", "count must be a whole number, found text"},
        {R"("count":0)", "count", "count must be at least 1"},
        {R"("on":"yes")", "on", "on must be true or false, found text"},
        {R"("on":null)", "on", "on must be true or false, found null"},
        {R"("params":{"1":2})", "params.1", "params.1 must be text, found number"},
        {R"("to":[])", "to", "to must not be empty"},
        {R"("to":[{"address":"1"},{}])", "to[1].address", "to[1].address is missing"},
        {R"("to":[{"address":"1","adress":"2"}])", "to[0].adress",
         "to[0].adress is not known here; known are: address, tries"},
        {R"("region":"eu")", "host", ""},
    };
    for (const Case& one : cases) {
        INFO(one.member);
        const auto findings = check(one.member);
        if (one.text.empty()) {
            CHECK(findings.empty());
            continue;
        }
        REQUIRE(findings.size() == 1);
        CHECK(findings[0].text == one.text);
        CHECK(findings[0].field == one.field);
        CHECK(findings[0].code == Code::invalid);
    }
}

TEST_CASE("what is right passes") {
    for (const std::string member :
         {"", R"("name":"äöüß")", R"("code":"123")", R"("site":"https://shop.example/a?b")",
          R"("mail":"asha@example.com")", R"("note":null)", R"("extra":{"anything":[1]})",
          R"("params":{"1":"x"})", R"("count":9223372036854775807)", R"("rate":9.0)"}) {
        INFO(member);
        CHECK(check(member).empty());
    }
}

TEST_CASE("all findings are told at once, up to a hundred") {
    const auto findings = validate(body, Json::parse(R"({"rate":0,"color":1})"), "body");
    REQUIRE(findings.size() == 4);
    CHECK(findings[0].field == "body.name");
    CHECK(findings[1].field == "body.to");
    CHECK(findings[2].field == "body.rate");
    CHECK(findings[3].field == "body.color");

    const Json texts{{"type", "array"}, {"items", Json{{"type", "string"}}}};
    CHECK(validate(texts, Json::array(Json::Array(500))).size() == 100);
}

TEST_CASE("a field is required only while it is shown") {
    const Json schema = Json::parse(R"({"type": "object", "required": ["host"], "properties": {
      "region": {"type": "string", "enum": ["in", "eu"], "default": "in"},
      "host": {"type": "string", "x-show-if": {"region": "eu"}}}})");
    REQUIRE(check_schema(schema).ok());
    CHECK(validate(schema, Json::object()).empty());
    CHECK(validate(schema, Json{{"region", "in"}}).empty());
    REQUIRE(validate(schema, Json{{"region", "eu"}}).size() == 1);
    CHECK(validate(schema, Json{{"region", "eu"}})[0].text == "host is missing");
}

TEST_CASE("a hostile pattern costs no time") {
    const Json schema = Json::parse(R"({"type": "string", "pattern": "^(a+)+$"})");
    REQUIRE(check_schema(schema).ok());
    CHECK(validate(schema, std::string(999, 'a') + "b").size() == 1);
    CHECK(validate(schema, std::string(1'000, 'a')).empty());
    CHECK(validate(schema, std::string(1'001, 'a'))[0].text == "the document must have at most 1000 bytes");
}

TEST_CASE("a schema's author is told what is wrong with it") {
    CHECK(check_schema(body).ok());
    struct Case {
        std::string property, text;
    };
    const Case cases[] = {
        {R"({"type":"string","x-secrte":true})",
         "properties.f.x-secrte is not a keyword that this server knows"},
        {R"({"type":"text"})",
         "properties.f.type must be one of object, array, string, integer, number, boolean"},
        {R"({"title":"F"})", "properties.f has no \"type\""},
        {R"("string")", "properties.f must be a schema (an object)"},
        {R"({"type":"string","minimum":1})", "properties.f.minimum does not belong to type string"},
        {R"({"type":"integer","maxLength":1})", "properties.f.maxLength does not belong to type integer"},
        {R"({"type":"string","maxLength":0})", "properties.f.maxLength must be a whole number from 1"},
        {R"({"type":"string","minLength":5,"maxLength":2})", "properties.f.minLength is more than maxLength"},
        {R"({"type":"string","enum":[]})",
         "properties.f.enum must be an array of one or more texts, numbers or booleans"},
        {R"({"type":"string","format":"date"})", "properties.f.format must be uri or email"},
        {R"({"type":"string","pattern":"\\d+"})",
         "properties.f.pattern uses \"\\d\", which is not known here: write [0-9] for a digit, and repeat a "
         "group instead of referring back to it"},
        {R"({"type":"string","pattern":"(a)\\1"})",
         "properties.f.pattern uses \"\\1\", which is not known here: write [0-9] for a digit, and repeat a "
         "group instead of referring back to it"},
        {R"({"type":"string","pattern":"(?i)a"})",
         "properties.f.pattern uses \"(?\", which POSIX extended expressions do not have"},
        {R"({"type":"string","pattern":"(a"})",
         "properties.f.pattern is not a POSIX extended expression: Unmatched ( or \\("},
        {R"({"type":"string","default":7})", "properties.f.default must be text, found number"},
        {R"({"type":"string","x-secret":true,"default":"k"})",
         "properties.f.default would make a secret public"},
        {R"({"type":"integer","x-secret":true})", "properties.f.x-secret does not belong to type integer"},
        {R"({"type":"string","x-generate":4})",
         "properties.f.x-generate must be a number of characters from 16 to 128"},
        {R"({"type":"string","x-show-if":{"g":1}})",
         "properties.f.x-show-if names \"g\", which is not another field"},
        {R"({"type":"string","x-show-if":{}})",
         "properties.f.x-show-if must be an object with one field name and the value that it must have"},
        {R"({"type":"object","version":1})", "properties.f.version belongs to the outermost object only"},
        {R"({"type":"object","required":["x"]})",
         "properties.f.required names \"x\", which is not among the properties"},
        {R"({"type":"array","items":{"type":"cat"}})",
         "properties.f.items.type must be one of object, array, string, integer, number, boolean"},
    };
    for (const Case& one : cases) {
        INFO(one.property);
        const Result<void> checked =
            check_schema(Json{{"type", "object"}, {"properties", Json{{"f", Json::parse(one.property)}}}});
        REQUIRE_FALSE(checked.ok());
        CHECK(checked.error().text == one.text);
    }
}

TEST_CASE("defaults are filled in at every level and replace nothing") {
    const Json filled =
        with_defaults(body, Json::parse(R"({"on":false,"to":[{"address":"+1"},{"tries":1}]})"));
    CHECK(filled ==
          Json::parse(R"({"on":false,"to":[{"address":"+1","tries":3},{"tries":1}],"region":"in"})"));
}

TEST_CASE("secret fields are named in order") {
    const Json schema = Json::parse(R"({"type": "object", "properties": {
      "b": {"type": "string", "x-secret": true}, "c": {"type": "string"},
      "a": {"type": "string", "x-secret": true}, "d": {"type": "string", "x-secret": false}}})");
    CHECK(secret_fields(schema) == std::vector<std::string>{"b", "a"});
    CHECK(secret_fields(Json{{"type", "object"}}).empty());
}
